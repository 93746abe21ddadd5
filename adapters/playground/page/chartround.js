// Donut, pie and gauge.

import { svg } from "./dom.js";
import { label } from "./chartbars.js";
import { colorOf, filled, shown } from "./charts.js";

const SIZE = 180;
const MIDDLE = SIZE / 2;
const RADIUS = 84;

/** Chart.Donut and Chart.Pie: `data` of `{legend, value, color?}`. */
export function pie(item, hollow) {
  const data = (item.data ?? []).map((one, index) => ({
    ...one,
    color: colorOf(one.color, index),
    value: Number(one.value) || 0,
  }));
  const sum = data.reduce((total, one) => total + one.value, 0) || 1;
  let from = 0;
  const parts = data.map((one) => {
    const to = from + one.value / sum;
    const d = slice(from, to, hollow ? 48 : 0);
    from = to;
    const shape = (attributes) => svg("path", { ...attributes, d });
    return svg("g", null, svg("title", null, `${one.legend}: ${shown(one.value)}`), filled(one.color, shape));
  });
  const middle = hollow && item.value !== undefined ? label(MIDDLE, MIDDLE + 6, String(item.value)) : null;
  return {
    kind: hollow ? "Donut chart" : "Pie chart",
    width: SIZE,
    height: SIZE,
    small: true,
    shapes: [parts, middle],
    legend: data.map((one) => ({ words: `${one.legend} ${shown(one.value)}`, color: one.color })),
    head: ["What", "How much", "Share"],
    rows: data.map((one) => [one.legend, shown(one.value), `${Math.round((100 * one.value) / sum)} %`]),
  };
}

// A ring or pie piece between two shares of the circle, clockwise from the top.
function slice(from, to, inner, turn = 1, start = -0.25) {
  const whole = to - from >= 0.9999;
  const end = whole ? to - 0.0001 : to;
  const at = (share, radius) => {
    const angle = 2 * Math.PI * (start + share * turn);
    return `${(MIDDLE + radius * Math.cos(angle)).toFixed(2)} ${(MIDDLE + radius * Math.sin(angle)).toFixed(2)}`;
  };
  const large = (end - from) * turn > 0.5 ? 1 : 0;
  const outer = `M${at(from, RADIUS)}A${RADIUS} ${RADIUS} 0 ${large} 1 ${at(end, RADIUS)}`;
  return inner
    ? `${outer}L${at(end, inner)}A${inner} ${inner} 0 ${large} 0 ${at(from, inner)}Z`
    : `${outer}L${MIDDLE} ${MIDDLE}Z`;
}

/** Chart.Gauge: `value` between `min` and `max`, over `segments` of `{legend, size, color?}`. */
export function gauge(item) {
  const least = Number(item.min ?? 0);
  const segments = (item.segments ?? []).map((one, index) => ({
    ...one,
    color: colorOf(one.color, index),
    size: Number(one.size) || 0,
  }));
  const sizes = segments.reduce((total, one) => total + one.size, 0);
  const most = Number(item.max ?? (least + sizes || 100));
  const span = most - least || 1;
  const value = Number(item.value) || 0;
  const share = Math.min(1, Math.max(0, (value - least) / span));
  let from = 0;
  const arcs = (segments.length ? segments : [{ legend: "", color: "blue", size: span }]).map((one) => {
    const to = Math.min(1, from + one.size / (sizes || span));
    const d = slice(from, to, 58, 0.5, 0.5);
    from = to;
    return filled(one.color, (attributes) => svg("path", { ...attributes, d }));
  });
  const angle = Math.PI * (1 + share);
  const tip = { x2: MIDDLE + 74 * Math.cos(angle), y2: MIDDLE + 74 * Math.sin(angle) };
  const fraction = String(item.valueFormat ?? "").toLowerCase() === "fraction";
  const words = fraction ? `${shown(value)} of ${shown(most)}` : `${Math.round(share * 100)} %`;
  return {
    kind: "Gauge",
    width: SIZE,
    height: MIDDLE + 34,
    small: true,
    shapes: [
      arcs,
      svg("line", { x1: MIDDLE, y1: MIDDLE, ...tip, class: "chart-needle" }),
      svg("circle", { cx: MIDDLE, cy: MIDDLE, r: 5, class: "chart-hub" }),
      label(MIDDLE, MIDDLE + 26, words),
    ],
    legend: segments.filter((one) => one.legend).map((one) => ({ words: one.legend, color: one.color })),
    head: ["What", "How much"],
    rows: [[item.subLabel || "Value", words], ...segments.map((one) => [one.legend ?? "", shown(one.size)])],
  };
}
