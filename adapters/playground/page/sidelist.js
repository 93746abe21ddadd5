// The lists of places in both clients: sections of entries, with what is unread.

import { h } from "./dom.js";

/** A titled list. */
export function section(title, items) {
  return h(
    "section",
    { key: title, "aria-label": title },
    h("h3", { class: "side-title" }, title),
    h("ul", null, items),
  );
}

/** A place that opens when it is pressed; `current` is the open one. */
export function entry({ key, current, open, icon, name, more, unread }) {
  const count =
    unread && !current
      ? h("span", { class: "unread" }, String(unread), h("span", { class: "visually-hidden" }, " unread"))
      : null;
  return h(
    "li",
    { key },
    h(
      "button",
      {
        type: "button",
        class: `side-entry${count ? " has-unread" : ""}`,
        "aria-current": current ? "page" : null,
        on: { click: open },
      },
      icon,
      h("span", { class: "side-name" }, h("span", { class: "side-label" }, name), more),
      count,
    ),
  );
}

/** An entry that leads nowhere. */
export function still({ key, icon, name, more }) {
  return h(
    "li",
    { key },
    h(
      "div",
      { class: "side-entry still" },
      icon,
      h("span", { class: "side-name" }, h("span", { class: "side-label" }, name), more),
    ),
  );
}
