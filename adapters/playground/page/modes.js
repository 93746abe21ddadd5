// The seven modes of a person's day: how they are called and drawn. Each has its own pattern, so colour is never alone.

import { svg } from "./dom.js";

export const MODES = {
  available: { label: "Available", pattern: null },
  break: { label: "Break", pattern: "M2 4h2" },
  off: { label: "Off", pattern: "M0 8 8 0M-2 2 2-2M6 10 10 6" },
  focus: { label: "Focus", pattern: "M4 0v8" },
  recharge: { label: "Recharge", pattern: "M0 4q2-3 4 0t4 0" },
  quiet: { label: "Quiet", pattern: "M0 0 8 8M8 0 0 8" },
  leave: { label: "Leave", pattern: "M0 4h8" },
};

/** The pattern definitions, once per document. */
export function patterns() {
  const one = ([mode, { pattern }]) =>
    pattern &&
    svg(
      "pattern",
      { id: `pattern-${mode}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      svg("path", {
        d: pattern,
        class: `stroke-${mode}`,
        fill: "none",
        "stroke-width": 1.6,
        "stroke-linecap": "round",
      }),
    );
  return svg(
    "svg",
    { width: 0, height: 0, class: "patterns", "aria-hidden": "true", focusable: "false" },
    svg("defs", null, Object.entries(MODES).map(one)),
  );
}

/** A stretch of ribbon from `x` to `x + width` percent. */
export function stretch(mode, x, width, words) {
  const place = { x: `${x}%`, y: 0, width: `${width}%`, height: "100%" };
  return svg(
    "g",
    null,
    words && svg("title", null, words),
    svg("rect", { ...place, class: `fill-${mode}` }),
    MODES[mode]?.pattern && svg("rect", { ...place, fill: `url(#pattern-${mode})` }),
    x > 0 && svg("line", { x1: `${x}%`, x2: `${x}%`, y1: 0, y2: "100%", class: "seam" }),
  );
}
