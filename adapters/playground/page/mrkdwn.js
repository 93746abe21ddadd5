// Slack's text markup as DOM nodes. What is not recognised stays plain text; nothing is ever parsed as HTML.

import { h } from "./dom.js";
import { emojiLabel, emojiOf } from "./emoji.js";
import { instant, whenIn } from "./clock.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** The text without Slack's three entities. */
export function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** A link, or its words alone when the address is none a browser should follow. */
export function link(url, label) {
  if (!/^(https?:|mailto:)/i.test(url) && !url.startsWith("/")) return document.createTextNode(label);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** A person's name as a mention. */
export function mention(userId, names, label = "") {
  const name = names.person(userId)?.name ?? (label || userId);
  return h("span", { class: userId === names.me ? "mention mine" : "mention" }, `@${name}`);
}

/** An emoji with its name for screen readers; runs of ribbon squares stay silent, their words stand beside them. */
export function emoji(name, fallback) {
  const character = emojiOf(name);
  if (!character) return document.createTextNode(fallback ?? `:${name}:`);
  if (/square$/.test(name)) return h("span", { class: "emoji square", "aria-hidden": "true" }, character);
  return h("span", { class: "emoji", role: "img", "aria-label": emojiLabel(name) }, character);
}

/** Nodes for mrkdwn `text`. `names` answers `person(id)`, `channel(id)`, `me` and `zone`. */
export function mrkdwn(text, names) {
  const nodes = [];
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (/^```[\s\S]+```$/.test(part))
      nodes.push(h("pre", null, unescape(part.slice(3, -3).replace(/^\n|\n$/g, ""))));
    else nodes.push(...lines(part, names));
  }
  return nodes;
}

/** Nodes for plain_text: no markup, only emoji. */
export function plain(text) {
  return text
    .split(/(:[a-z0-9_+-]+:)/)
    .map((part) => (/^:.+:$/.test(part) ? emoji(part.slice(1, -1), part) : part));
}

function lines(text, names) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index, all) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote")));
      quote.append(h("div", null, inline(quoted[1], names)));
      return;
    }
    if (quote && line === "" && index === all.length - 1) return;
    if (index > 0 && !quote) nodes.push(h("br"));
    quote = null;
    nodes.push(...inline(line, names));
  });
  return nodes;
}

const INLINE = new RegExp(
  [
    "`([^`\\n]+)`", // 1 code
    "<([^<>\\n]+)>", // 2 reference
    "(?<![\\w*])\\*(?=\\S)([^*\\n]*[^*\\s])\\*(?![\\w*])", // 3 bold
    "(?<![\\w_])_(?=\\S)([^_\\n]*[^_\\s])_(?![\\w_])", // 4 italic
    "(?<![\\w~])~(?=\\S)([^~\\n]*[^~\\s])~(?![\\w~])", // 5 struck
    ":([a-z0-9_+-]+):", // 6 emoji
  ].join("|"),
  "g",
);

function inline(text, names) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) nodes.push(unescape(text.slice(from, match.index)));
    nodes.push(piece(match, names));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(unescape(text.slice(from)));
  return nodes;
}

function piece([whole, code, reference, bold, italic, struck, shortcode], names) {
  if (code !== undefined) return h("code", null, unescape(code));
  if (reference !== undefined) return referred(reference, whole, names);
  if (bold !== undefined) return h("strong", null, inline(bold, names));
  if (italic !== undefined) return h("em", null, inline(italic, names));
  if (struck !== undefined) return h("s", null, inline(struck, names));
  return emoji(shortcode, whole);
}

function referred(reference, whole, names) {
  const [target, label = ""] = reference.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(target.slice(1), names, unescape(label));
  if (target.startsWith("#"))
    return h("span", { class: "mention" }, `#${names.channel(target.slice(1))?.name ?? unescape(label)}`);
  if (target.startsWith("!date^")) return dated(target, label, names);
  if (target.startsWith("!"))
    return h("span", { class: "mention" }, `@${unescape(label) || target.slice(1).split("^")[0]}`);
  const url = unescape(target);
  return /^(https?:|mailto:|\/)/i.test(url)
    ? link(url, unescape(label) || url)
    : document.createTextNode(unescape(whole));
}

// <!date^1763892000^{date_short} at {time}|fallback>: written in the viewer's zone.
function dated(target, label, names) {
  const seconds = target.split("^")[1];
  return document.createTextNode(
    /^\d+$/.test(seconds) ? whenIn(names.zone, instant(seconds)) : unescape(label),
  );
}
