// Building nodes and bringing a live tree up to date without losing focus, scroll or half-typed words.
// Nothing here or elsewhere assigns innerHTML: text from people only ever becomes text nodes.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `props`: attributes, plus `key` (identity among siblings), `on` (listeners), `style` (an object). */
export function h(name, props, ...children) {
  return build(document.createElement(name), props, children);
}

/** Make an SVG element, same arguments as `h`. */
export function svg(name, props, ...children) {
  return build(document.createElementNS(SVG, name), props, children);
}

function build(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") listen(element, value);
    else if (name === "key") element.setAttribute("data-key", value);
    else if (name === "style")
      Object.entries(value).forEach(([rule, to]) => element.style.setProperty(rule, to));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

// One native listener per type looks the present handler up, so that updating a tree only swaps the table.
export function listen(element, handlers) {
  element.handlers = handlers;
  element.listening ??= new Set();
  for (const type of Object.keys(handlers)) {
    if (element.listening.has(type)) continue;
    element.listening.add(type);
    element.addEventListener(type, (event) => element.handlers[type]?.(event));
  }
}

/** Make `root`'s children equal to `fresh`, keeping the nodes that are the same and whatever has the focus. */
export function update(root, ...fresh) {
  const active = document.activeElement;
  const keys = keysAbove(active, root);
  const wanted = document.createDocumentFragment();
  wanted.append(...flat(fresh));
  morphChildren(root, wanted);
  if (active && active !== document.activeElement) recoverFocus(root, active, keys);
}

function keysAbove(node, root) {
  const keys = [];
  if (!root.contains(node)) return keys;
  for (let at = node; at && at !== root; at = at.parentElement)
    if (at.dataset?.key) keys.push(at.dataset.key);
  return keys;
}

// A pressed button often disappears with the answer; the focus then goes to what surrounded it, not to the page's top.
function recoverFocus(root, active, keys) {
  if (active.isConnected) return active.focus({ preventScroll: true });
  for (const key of keys) {
    const place = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!place) continue;
    if (!place.matches("button, a, input, select, textarea")) place.setAttribute("tabindex", "-1");
    return place.focus({ preventScroll: true });
  }
}

function same(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return false;
  return old.nodeType !== Node.ELEMENT_NODE || old.dataset.key === fresh.dataset.key;
}

function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.hasAttribute("data-keep")) return;
  for (const { name } of [...old.attributes]) {
    const owned =
      name === "style" || name === "tabindex" || (name === "open" && /^(DETAILS|DIALOG)$/.test(old.nodeName));
    if (!owned && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.style && old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
  if (fresh.handlers || old.handlers) listen(old, fresh.handlers ?? {});
  morphChildren(old, fresh);
}

function morphChildren(parent, fresh) {
  const wanted = [...fresh.childNodes];
  const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined);
  const stays = new Set(wanted.map(keyOf).filter(Boolean));
  const keyed = new Map();
  for (const child of [...parent.childNodes]) {
    const key = keyOf(child);
    if (key && stays.has(key)) keyed.set(key, child);
    else if (key) child.remove();
  }
  let at = parent.firstChild;
  for (const want of wanted) {
    const key = keyOf(want);
    const candidate = key ? keyed.get(key) : at && !keyOf(at) ? at : null;
    if (candidate && same(candidate, want)) {
      if (candidate === at) at = at.nextSibling;
      else parent.insertBefore(candidate, at);
      morph(candidate, want);
    } else {
      parent.insertBefore(want, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** The one element for a CSS selector. */
export function find(selector, within = document) {
  return within.querySelector(selector);
}

/** Say something to screen readers, politely. */
export function announce(words) {
  const region = document.getElementById("announcer");
  const line = h("p", null, words);
  region.append(line);
  setTimeout(() => line.remove(), 4000);
}
