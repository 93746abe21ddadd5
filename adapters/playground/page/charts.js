// Charts of Teams' cards and of Slack's messages as inline SVG: named and described, with a legend and a table.
// Every colour has a pattern of its own, so that nobody has to tell two series by colour alone.

import { h, svg } from "./dom.js";
import { groupedBars, horizontalBars, stackedBars, verticalBars } from "./chartbars.js";
import { lineChart } from "./chartline.js";
import { gauge, pie } from "./chartround.js";

const COLORS = ["blue", "marigold", "teal", "purple", "red", "green", "lavender", "sky"];
// The other names that cards may use, by ours.
const NAMES = {
  lightblue: "sky",
  lime: "green",
  yellow: "warning",
  lightred: "lavender",
  maroon: "red",
  cyan: "teal",
  gray: "neutral",
};
const PATTERNS = {
  green: null,
  blue: "M4 0v8",
  marigold: "M0 4h8",
  teal: "M2 2h.1M6 6h.1",
  purple: "M0 0 8 8M8 0 0 8",
  red: "M0 4q2-3 4 0t4 0",
  lavender: "M2 2h4v4H2z",
  sky: "M0 0 8 8M-2 6 2 10M6-2 10 2",
  good: null,
  warning: "M2 4h2",
  attention: "M0 0 8 8M8 0 0 8",
  neutral: "M0 8 8 0M-2 2 2-2M6 10 10 6",
};

/** The pattern definitions, once per document. */
export function chartPatterns() {
  const one = ([name, d]) =>
    d &&
    svg(
      "pattern",
      { id: `chart-${name}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      svg("path", { d, class: "chart-mark", fill: "none", "stroke-width": 1.5, "stroke-linecap": "round" }),
    );
  return svg(
    "svg",
    { width: 0, height: 0, class: "patterns", "aria-hidden": "true", focusable: "false" },
    svg("defs", null, Object.entries(PATTERNS).map(one)),
  );
}

/** The colour of a series by the name a card gives it, or by its place. */
export function colorOf(name, index = 0) {
  const bare = String(name ?? "")
    .replace(/^(categorical|diverging)/i, "")
    .toLowerCase();
  if (Object.hasOwn(PATTERNS, bare)) return bare;
  if (Object.hasOwn(NAMES, bare)) return NAMES[bare];
  const step = /^sequential(\d)$/.exec(bare)?.[1];
  return COLORS[(step ? Number(step) - 1 : index) % COLORS.length];
}

/** A shape of one colour: fill and, over it, the pattern, unless all are `alike`. `make(attributes)` draws the shape. */
export function filled(color, make, alike = false) {
  return [
    make({ class: `chart-fill fill-chart-${color}` }),
    PATTERNS[color] && !alike ? make({ class: "chart-pattern", fill: `url(#chart-${color})` }) : null,
  ];
}

/** A figure as people read it: at most two decimals. */
export function shown(value) {
  return String(Math.round(Number(value) * 100) / 100);
}

/** Words that fit; the whole stands in the table. */
export function cut(words, most) {
  const text = String(words ?? "");
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

const KINDS = {
  "Chart.Donut": (item) => pie(item, true),
  "Chart.Pie": (item) => pie(item, false),
  "Chart.VerticalBar": verticalBars,
  "Chart.VerticalBar.Grouped": groupedBars,
  "Chart.HorizontalBar": horizontalBars,
  "Chart.HorizontalBar.Stacked": stackedBars,
  "Chart.Line": lineChart,
  "Chart.Gauge": gauge,
};

/** Any Chart.* element; null for a kind that Teams does not have. `c.below` is what stands below it in its card. */
export function chart(item, c) {
  const drawn = Object.hasOwn(KINDS, item.type) ? KINDS[item.type](item) : null;
  if (!drawn) return null;
  c.charts.push(item);
  const told = drawn.alone && tells(c.below, drawn.legend);
  return figure(drawn, item.title || drawn.kind, `${c.id}-chart-${c.charts.length}`, told);
}

/** A drawn chart with its title, legend and table; `told`: words below say what the legend says, so it is folded. */
export function figure(drawn, title, id, told = false) {
  return h(
    "figure",
    { class: "ac-chart" },
    h("figcaption", { class: "ac-chart-title" }, title),
    svg(
      "svg",
      {
        viewBox: `0 0 ${drawn.width} ${drawn.height}`,
        class: drawn.small ? "small-chart" : null,
        role: "img",
        "aria-labelledby": `${id}-title ${id}-desc`,
      },
      svg("title", { id: `${id}-title` }, title),
      svg("desc", { id: `${id}-desc` }, said(drawn)),
      drawn.shapes,
    ),
    told ? null : legend(drawn.legend),
    figures(drawn, title, told),
  );
}

// Whether the times of every entry of a legend stand in the words of these elements.
function tells(elements, entries) {
  const words = JSON.stringify(elements ?? []);
  const times = (entries ?? []).flatMap((one) => one.words.match(/\d\d:\d\d/g) ?? []);
  return times.length > 0 && times.every((one) => words.includes(one));
}

function said({ kind, rows }) {
  const lines = rows.slice(0, 24).map((row) => `${row[0]}: ${row.slice(1).join(", ")}`);
  return `${kind}. ${lines.join("; ")}${rows.length > 24 ? "; …" : ""}`;
}

function legend(entries) {
  if (!entries?.length) return null;
  return h(
    "ul",
    { class: "ac-legend", "aria-label": "Legend" },
    entries.map(({ words, color, dash }) => h("li", { key: words }, swatch(color, dash), words)),
  );
}

// Of a line its dash, of everything else its fill.
function swatch(color, dash) {
  if (dash !== undefined) {
    const line = {
      x1: 0,
      x2: 28,
      y1: 7,
      y2: 7,
      class: `chart-line line-chart-${color}`,
      "stroke-dasharray": dash,
    };
    return svg(
      "svg",
      { class: "chart-swatch wide", viewBox: "0 0 28 14", "aria-hidden": "true" },
      svg("line", line),
    );
  }
  const box = (attributes) => svg("rect", { ...attributes, width: 14, height: 14, rx: 3 });
  return svg(
    "svg",
    { class: "chart-swatch", viewBox: "0 0 14 14", "aria-hidden": "true" },
    filled(color, box),
  );
}

// With `marked` the table is the legend as well: its rows carry the samples.
function figures({ head, rows, legend: entries = null }, title, marked) {
  const cell = (one, row, column) =>
    h("td", null, marked && column === 0 && entries?.[row] ? [swatch(entries[row].color), " "] : null, one);
  return h(
    "details",
    { class: "ac-figures", key: "figures" },
    h("summary", null, marked ? "Legend, as a table" : "As a table"),
    h(
      "table",
      { class: "ac-table ac-grid", "aria-label": title },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          head.map((one) => h("th", { scope: "col" }, one)),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row, index) =>
          h(
            "tr",
            null,
            row.map((one, column) => cell(one, index, column)),
          ),
        ),
      ),
    ),
  );
}
