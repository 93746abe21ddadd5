// Text in cards: TextBlock with the little markdown that Teams knows, RichTextBlock whose runs are never parsed.

import { h } from "./dom.js";
import { dayIn, timeIn } from "./clock.js";
import { word } from "./cards.js";
import { link } from "./mrkdwn.js";
import { names } from "./store.js";

/** TextBlock. */
export function textBlock(item) {
  const heading = word(item.style) === "heading";
  const classes = ["ac-text", look(item), item.wrap ? "" : "ac-cut", item.maxLines ? "ac-clamp" : ""];
  const attributes = {
    class: classes.filter(Boolean).join(" "),
    role: heading ? "heading" : null,
    "aria-level": heading ? 4 : null,
    style: item.maxLines ? { "-webkit-line-clamp": String(Number(item.maxLines) || 1) } : null,
  };
  return h("div", attributes, markdown(String(item.text ?? "")));
}

/** RichTextBlock: its runs are shown as they are. */
export function richTextBlock(item) {
  return h("p", { class: "ac-text ac-rich" }, (item.inlines ?? []).map(run));
}

function run(item) {
  if (typeof item === "string") return item;
  const marks = ["italic", "strikethrough", "underline", "highlight"].filter((one) => item[one]);
  const classes = [look(item), ...marks.map((one) => `ac-${one}`)].filter(Boolean).join(" ");
  const text = String(item.text ?? "");
  const target =
    item.selectAction?.type === "Action.OpenUrl" ? link(item.selectAction.url ?? "", text) : text;
  return h("span", { class: classes || null }, target);
}

function look(item) {
  const color = word(item.color, "default");
  const shades = [
    color !== "default" && `ac-color-${color}`,
    item.isSubtle && "ac-subtle",
    word(item.size, "default") !== "default" && `ac-size-${word(item.size)}`,
    word(item.weight, "default") !== "default" && `ac-weight-${word(item.weight)}`,
    word(item.fontType) === "monospace" && "ac-mono",
  ];
  return shades.filter(Boolean).join(" ");
}

/** Text of a fact: markdown on one line. */
export function factText(text) {
  return inline(String(text ?? ""));
}

/** Markdown as nodes: paragraphs, lists, bold, italic, links; everything else is text as it stands. */
export function markdown(text) {
  const blocks = text.replaceAll("\r", "").split(/\n{2,}/);
  const nodes = blocks.flatMap((block) => lists(block.split("\n").filter(Boolean)));
  return nodes.length === 1 && nodes[0].nodeName === "P" ? [...nodes[0].childNodes] : nodes;
}

const BULLET = /^\s*[-*+] +(.*)$/;
const NUMBER = /^\s*(\d{1,3})[.)] +(.*)$/;

function lists(lines) {
  const nodes = [];
  for (const line of lines) {
    const bullet = BULLET.exec(line);
    const number = bullet ? null : NUMBER.exec(line);
    const name = bullet ? "UL" : number ? "OL" : "P";
    let last = nodes.at(-1);
    if (last?.nodeName !== name)
      nodes.push((last = number ? h("ol", { start: number[1] }) : h(name.toLowerCase())));
    else if (name === "P") last.append(" ");
    if (name === "P") last.append(...inline(line));
    else last.append(h("li", null, inline(bullet ? bullet[1] : number[2])));
  }
  return nodes;
}

const INLINE = new RegExp(
  [
    "\\\\([\\\\`*_{}\\[\\]()#+\\-.!>~|])", // 1 escaped character
    "\\*\\*(?=\\S)(.+?\\S?)\\*\\*", // 2 bold
    "(?<!\\w)__(?=\\S)(.+?\\S?)__(?!\\w)", // 3 bold
    "\\*(?=\\S)([^*]*[^*\\s])\\*", // 4 italic
    "(?<!\\w)_(?=\\S)([^_]*[^_\\s])_(?!\\w)", // 5 italic
    "\\[((?:[^\\[\\]\\\\]|\\\\.)*)\\]\\(((?:[^()\\s]|\\([^()\\s]*\\))+)\\)", // 6 words and 7 address of a link
    "\\{\\{(DATE|TIME)\\(([^,)]+)[^)]*\\)\\}\\}", // 8, 9 an instant in the reader's zone
  ].join("|"),
  "g",
);

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) nodes.push(text.slice(from, match.index));
    nodes.push(piece(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

function piece([whole, escaped, bold, bold2, italic, italic2, words, address, kind, instant]) {
  if (escaped !== undefined) return escaped;
  if (bold ?? bold2) return h("strong", null, inline(bold ?? bold2));
  if (italic ?? italic2) return h("em", null, inline(italic ?? italic2));
  if (address !== undefined) return link(address, words.replaceAll(/\\(.)/g, "$1"));
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return whole;
  return kind === "DATE" ? dayIn(names.zone, at) : timeIn(names.zone, at);
}
