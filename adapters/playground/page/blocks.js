// Block Kit as DOM nodes. `ctx`: {names, prefix, press(block, element, value), errors?}; `prefix` makes field ids unique.

import { h } from "./dom.js";
import { dataChart } from "./blockcharts.js";
import { element as interactive, field } from "./elements.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const RENDERERS = {
  header,
  section,
  context,
  divider,
  actions,
  image,
  data_visualization: (block, ctx, index) => dataChart(block, `${ctx.prefix}-${index}`),
  rich_text: (block, ctx) => richText(block, ctx.names),
  input,
};

/** Nodes for a list of blocks. A list that holds a kind we do not know shows `fallback` in that place. */
export function renderBlocks(blocks, ctx, fallback = "") {
  return blocks.map((block, index) => {
    const inner =
      RENDERERS[block.type]?.(block, ctx, index) ??
      h("p", { class: "soft" }, fallback ? mrkdwn(fallback, ctx.names) : `[${block.type}]`);
    return h("div", { class: `block block-${block.type}`, key: block.block_id ?? `block-${index}` }, inner);
  });
}

/** A text object: plain_text is inert, mrkdwn is parsed. */
export function textOf(object, names) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : plain(object.text);
}

function header(block, ctx) {
  return h("h3", { class: "block-title" }, plain(block.text.text));
}

function section(block, ctx) {
  const fields = (block.fields ?? []).map((one) => h("div", null, textOf(one, ctx.names)));
  return [
    h(
      "div",
      { class: "section-body" },
      block.text && h("div", { class: "prose" }, textOf(block.text, ctx.names)),
      fields.length ? h("div", { class: "fields" }, fields) : null,
    ),
    block.accessory && h("div", { class: "accessory" }, interactive(block.accessory, block, ctx)),
  ];
}

function context(block, ctx) {
  return (block.elements ?? []).map((one) =>
    one.type === "image" ? picture(one, "small") : h("span", null, textOf(one, ctx.names)),
  );
}

function divider() {
  return h("hr");
}

function actions(block, ctx) {
  return (block.elements ?? []).map((one) => interactive(one, block, ctx));
}

function image(block, ctx) {
  const title = block.title ? h("figcaption", null, textOf(block.title, ctx.names)) : null;
  return h("figure", null, title, picture(block, "large"));
}

/** An image, but only from this workspace: the page asks no other host for anything. */
export function picture(source, size) {
  const url = source.image_url ?? "";
  const local = url.startsWith("data:image/") || new URL(url, location.href).origin === location.origin;
  if (local && url) return h("img", { class: `picture ${size}`, src: url, alt: source.alt_text ?? "" });
  return h(
    "span",
    { class: `picture-words ${size}`, role: "img", "aria-label": source.alt_text ?? "image" },
    source.alt_text || "image",
  );
}

function input(block, ctx) {
  const error = ctx.errors?.[block.block_id];
  return field(block, ctx, error);
}
