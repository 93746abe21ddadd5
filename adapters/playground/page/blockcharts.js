// Slack's data_visualization block: its charts are drawn as those of cards are.

import { groupedBars } from "./chartbars.js";
import { lineChart } from "./chartline.js";
import { pie } from "./chartround.js";
import { figure } from "./charts.js";

const KINDS = {
  bar: (chart) => groupedBars(withAxes(chart)),
  line: (chart) => lineChart(withAxes(chart)),
  area: (chart) => lineChart(withAxes(chart)),
  pie: ({ segments = [] }) =>
    pie({ data: segments.map((one) => ({ legend: one.label, value: one.value })) }, false),
};

/** The block as a figure, null for a chart that Slack does not have; `id` is unique in the page. */
export function dataChart(block, id) {
  const chart = block.chart ?? {};
  const drawn = Object.hasOwn(KINDS, chart.type) ? KINDS[chart.type](chart) : null;
  return drawn && figure(drawn, block.title || drawn.kind, `chart-${id}`.replaceAll(/[^\w-]/g, "_"));
}

// `{series: [{name, data: [{label, value}]}], axis_config: {categories, x_label?, y_label?}}` as cards say it.
function withAxes({ series = [], axis_config: axes = {} }) {
  const order = (one) => (axes.categories ?? []).indexOf(one.label);
  return {
    xAxisTitle: axes.x_label,
    yAxisTitle: axes.y_label,
    data: series.map(({ name, data = [] }) => ({
      legend: name,
      values: [...data].sort((a, b) => order(a) - order(b)).map((one) => ({ x: one.label, y: one.value })),
    })),
  };
}
