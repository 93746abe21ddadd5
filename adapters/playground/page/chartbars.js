// Bar charts: upright, side by side, lying, and lying in stretches (such as a day).

import { svg } from "./dom.js";
import { colorOf, cut, filled, shown } from "./charts.js";

const WIDTH = 360;
const LABEL = { x: 92, gap: 8, value: 34 };
const PLOT = { left: 34, top: 14, height: 120 };
const ROOM = 13; // a narrower bar has no room for its figure, which then stands in the table only

/** A label; SVG text takes its colour from the page. */
export function label(x, y, words, anchor = "middle") {
  return svg("text", { x, y, "text-anchor": anchor, class: "chart-words" }, words);
}

/** Chart.HorizontalBar: `data` of `{x, y, color?}`. */
export function horizontalBars(item) {
  const data = item.data ?? [];
  const most = Math.max(...data.map((one) => Number(one.y) || 0), 1);
  const room = WIDTH - LABEL.x - LABEL.gap - LABEL.value;
  const colors = data.map((one) => colorOf(one.color ?? item.color));
  const alike = new Set(colors).size < 2;
  const bar = (one, index) => {
    const y = index * 26 + 4;
    const width = Math.max(2, (room * (Number(one.y) || 0)) / most);
    const box = (attributes) =>
      svg("rect", { ...attributes, x: LABEL.x + LABEL.gap, y, width, height: 18, rx: 4 });
    return [
      label(LABEL.x, y + 13, cut(one.x, 14), "end"),
      filled(colors[index], box, alike),
      label(LABEL.x + LABEL.gap + width + 6, y + 13, shown(one.y), "start"),
    ];
  };
  return {
    kind: "Bar chart",
    width: WIDTH,
    height: data.length * 26 + 4,
    shapes: data.map(bar),
    head: [item.xAxisTitle || "What", item.yAxisTitle || "How much"],
    rows: data.map((one) => [String(one.x), shown(one.y)]),
  };
}

/** Chart.HorizontalBar.Stacked: `data` of `{title, data: [{legend, value, color?}]}`, drawn in the order given. */
export function stackedBars(item) {
  const bars = item.data ?? [];
  const names = [...new Set(bars.flatMap((one) => (one.data ?? []).map((part) => part.legend)))];
  const sum = (one) => (one.data ?? []).reduce((total, part) => total + (Number(part.value) || 0), 0);
  const most = Math.max(...bars.map(sum), 0) || 1;
  const colors = new Map();
  const colored = (part) => {
    if (!colors.has(part.legend)) colors.set(part.legend, colorOf(part.color, names.indexOf(part.legend)));
    return colors.get(part.legend);
  };
  const titled = bars.some((one) => one.title && one.title !== item.title);
  const pitch = titled ? 48 : 32;
  const bar = (one, index) => {
    const y = index * pitch + (titled ? 18 : 2);
    let x = 0;
    const parts = (one.data ?? []).map((part) => {
      const width = (WIDTH * (Number(part.value) || 0)) / most;
      const place = { x, y, width: Math.max(0, width - 1), height: 24 };
      x += width;
      const box = (attributes) => svg("rect", { ...attributes, ...place });
      return svg(
        "g",
        null,
        svg("title", null, `${part.legend}: ${shown(part.value)}`),
        filled(colored(part), box),
      );
    });
    return [titled ? label(0, y - 6, cut(one.title, 48), "start") : null, parts];
  };
  const shapes = bars.map(bar);
  return {
    kind: "Stacked bar chart",
    width: WIDTH,
    height: bars.length * pitch,
    shapes,
    legend: names.map((words) => ({ words, color: colors.get(words) })),
    alone: !titled && bars.length === 1,
    head: titled ? ["", "What", "How much"] : ["What", "How much"],
    rows: bars.flatMap((one) =>
      (one.data ?? []).map((part) => [...(titled ? [one.title ?? ""] : []), part.legend, shown(part.value)]),
    ),
  };
}

/** Chart.VerticalBar: `data` of `{x, y, color?}`. */
export function verticalBars(item) {
  const data = item.data ?? [];
  const series = [{ color: colorOf(item.color), values: data }];
  return upright(
    item,
    data.map((one) => String(one.x)),
    series,
    [item.xAxisTitle || "What", item.yAxisTitle || "How much"],
  );
}

/** Chart.VerticalBar.Grouped: `data` of `{legend, values: [{x, y}], color?}`. */
export function groupedBars(item) {
  const series = (item.data ?? []).map((one, index) => ({ ...one, color: colorOf(one.color, index) }));
  const names = [...new Set(series.flatMap((one) => (one.values ?? []).map((value) => String(value.x))))];
  const head = [item.xAxisTitle || "What", ...series.map((one) => one.legend)];
  return upright(item, names, series, head);
}

function upright(item, names, series, head) {
  const found = (one, name) => (one.values ?? []).find((value) => String(value.x) === name);
  const valueAt = (one, name) => Number(found(one, name)?.y ?? 0);
  const colorAt = (one, name) => (found(one, name)?.color ? colorOf(found(one, name).color) : one.color);
  const alike = new Set(series.flatMap((one) => names.map((name) => colorAt(one, name)))).size < 2;
  const most = niceTop(Math.max(...series.flatMap((one) => names.map((name) => valueAt(one, name))), 0));
  const step = (WIDTH - PLOT.left) / Math.max(names.length, 1);
  const width = Math.min(38, (step - 8) / Math.max(series.length, 1));
  const bars = names.map((name, index) =>
    series.map((one, place) => {
      const value = valueAt(one, name);
      const height = (PLOT.height * Math.max(0, value)) / most;
      const x = PLOT.left + step * (index + 0.5) + width * (place - series.length / 2);
      const y = PLOT.top + PLOT.height - height;
      const box = (attributes) => svg("rect", { ...attributes, x, y, width: width - 2, height, rx: 2 });
      const told = width >= ROOM ? label(x + width / 2 - 1, y - 4, shown(value)) : null;
      return svg(
        "g",
        null,
        svg(
          "title",
          null,
          `${[name, series.length > 1 && one.legend].filter(Boolean).join(", ")}: ${shown(value)}`,
        ),
        filled(colorAt(one, name), box, alike),
        told,
      );
    }),
  );
  const below = names.map((name, index) =>
    label(
      PLOT.left + step * (index + 0.5),
      PLOT.top + PLOT.height + 16,
      cut(name, Math.max(3, Math.floor(step / 7))),
    ),
  );
  return {
    kind: "Bar chart",
    ...framed(item, [grid(most), bars, below]),
    legend: series.length > 1 ? series.map((one) => ({ words: one.legend, color: one.color })) : null,
    head,
    rows: names.map((name) => [name, ...series.map((one) => shown(valueAt(one, name)))]),
  };
}

/** The highest mark of an axis: 1, 2, 5, 10, 20 … */
export function niceTop(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one >= value);
}

/** Horizontal lines with their values: none, all, and half where that is a whole number. */
export function grid(most) {
  const parts = most % 2 ? [0, 1] : [0, 0.5, 1];
  return parts.map((part) => {
    const y = PLOT.top + PLOT.height * (1 - part);
    return [
      svg("line", { x1: PLOT.left, x2: WIDTH, y1: y, y2: y, class: "chart-grid" }),
      label(PLOT.left - 6, y + 4, shown(most * part), "end"),
    ];
  });
}

/** Shapes of a plot with the titles of its axes: `{width, height, shapes}`. */
export function framed(item, shapes) {
  const above = item.yAxisTitle ? 18 : 0;
  const below = item.xAxisTitle ? 38 : 22;
  const middle = PLOT.left + (WIDTH - PLOT.left) / 2;
  return {
    width: WIDTH,
    height: above + PLOT.top + PLOT.height + below,
    shapes: [
      above ? label(0, 12, cut(item.yAxisTitle, 50), "start") : null,
      svg("g", above ? { transform: `translate(0 ${above})` } : null, shapes, xTitle(item, middle)),
    ],
  };
}

function xTitle(item, middle) {
  return item.xAxisTitle ? label(middle, PLOT.top + PLOT.height + 34, cut(item.xAxisTitle, 50)) : null;
}

export { PLOT, WIDTH };
