// rich_text blocks: sections, lists, quotes, preformatted text.

import { h } from "./dom.js";
import { instant, whenIn } from "./clock.js";
import { emoji, link, mention } from "./mrkdwn.js";

/** Nodes for one rich_text block. */
export function richText(block, names) {
  return h(
    "div",
    { class: "rich" },
    (block.elements ?? []).map((element) => part(element, names)),
  );
}

function part(element, names) {
  const inner = (element.elements ?? []).map((item) => piece(item, names));
  if (element.type === "rich_text_section") return h("div", { class: "rich-line" }, inner);
  if (element.type === "rich_text_quote") return h("blockquote", null, inner);
  if (element.type === "rich_text_preformatted") return h("pre", null, inner);
  if (element.type === "rich_text_list") return list(element, names);
  return null;
}

function list(element, names) {
  const name = element.style === "ordered" ? "ol" : "ul";
  const items = (element.elements ?? []).map((item) =>
    h(
      "li",
      null,
      (item.elements ?? []).map((one) => piece(one, names)),
    ),
  );
  return h(
    name,
    {
      class: element.indent ? `indent-${Math.min(element.indent, 4)}` : null,
      start: element.offset ? element.offset + 1 : null,
    },
    items,
  );
}

function piece(item, names) {
  if (item.type === "text") return styled(squares(item.text), item.style);
  if (item.type === "link") return styled(link(item.url, item.text ?? item.url), item.style);
  if (item.type === "user") return mention(item.user_id, names);
  if (item.type === "channel")
    return h("span", { class: "mention" }, `#${names.channel(item.channel_id)?.name ?? item.channel_id}`);
  if (item.type === "broadcast") return h("span", { class: "mention" }, `@${item.range}`);
  if (item.type === "emoji") return emoji(item.name);
  if (item.type === "date") return document.createTextNode(whenIn(names.zone, instant(item.timestamp)));
  return item.text ? document.createTextNode(item.text) : null;
}

// A ribbon drawn with squares stays silent for screen readers: the same is said in words beside it.
function squares(text) {
  const parts = text.split(/((?:\[?[🟥🟧🟨🟩🟦🟪🟫⬛⬜]\]?){2,})/u);
  return parts.map((one, index) =>
    index % 2
      ? h("span", { class: "squares", "aria-hidden": "true" }, one.match(/\[?[^[\]]\]?/gu).map(square))
      : one,
  );
}

// Squares of one width; the bracketed one is now.
function square(one) {
  return h("span", { class: one.startsWith("[") ? "square-now" : null }, one.replace(/[[\]]/g, ""));
}

const TAGS = { code: "code", bold: "strong", italic: "em", strike: "s" };

function styled(content, style = {}) {
  return Object.entries(TAGS).reduce(
    (inner, [name, tag]) => (style[name] ? [h(tag, null, inner)] : inner),
    [content].flat(),
  );
}
