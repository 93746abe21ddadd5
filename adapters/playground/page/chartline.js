// Line charts: each series with a dash and a mark of its own.

import { svg } from "./dom.js";
import { PLOT, WIDTH, framed, grid, label, niceTop } from "./chartbars.js";
import { colorOf, cut, shown } from "./charts.js";

const DASHES = [null, "6 4", "2 4", "9 3 2 3"];

/** Chart.Line: `data` of `{legend, values: [{x, y}], color?}`. */
export function lineChart(item) {
  const series = (item.data ?? []).map((one, index) => ({
    ...one,
    values: one.values ?? [],
    color: colorOf(one.color, index),
    dash: DASHES[index % DASHES.length],
  }));
  const names = [...new Set(series.flatMap((one) => one.values.map((value) => String(value.x))))];
  const most = niceTop(
    Math.max(...series.flatMap((one) => one.values.map((value) => Number(value.y) || 0)), 0),
  );
  const step = names.length > 1 ? (WIDTH - PLOT.left - 30) / (names.length - 1) : 0;
  const at = (value) => [
    PLOT.left + 14 + step * names.indexOf(String(value.x)),
    PLOT.top + PLOT.height * (1 - (Number(value.y) || 0) / most),
  ];
  const every = Math.ceil((names.length * 44) / (WIDTH - PLOT.left));
  const below = names.map((name, index) =>
    index % every ? null : label(PLOT.left + 14 + step * index, PLOT.top + PLOT.height + 16, cut(name, 8)),
  );
  return {
    kind: "Line chart",
    ...framed(item, [grid(most), series.map((one) => line(one, at)), below]),
    legend: series.map((one) => ({ words: one.legend, color: one.color, dash: one.dash })),
    head: [item.xAxisTitle || "When", ...series.map((one) => one.legend)],
    rows: names.map((name) => [name, ...series.map((one) => shownAt(one, name))]),
  };
}

function shownAt(series, name) {
  const value = series.values.find((one) => String(one.x) === name);
  return value ? shown(value.y) : "";
}

function line(one, at) {
  const points = one.values.map(at);
  return [
    svg("polyline", {
      points: points.map((point) => point.join(",")).join(" "),
      class: `chart-line line-chart-${one.color}`,
      "stroke-dasharray": one.dash,
    }),
    points.map(([cx, cy]) => svg("circle", { cx, cy, r: 3.2, class: `chart-fill fill-chart-${one.color}` })),
  ];
}
