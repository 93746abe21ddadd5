// A button that opens a menu: arrow keys, Home, End, Escape, focus back on the button.

import { h } from "./dom.js";

let open = null;

/** A button named `label` with `entries` of `{label, run, checked?}`; it shows "…" unless `look` says otherwise. */
export function menuButton(label, entries, key, look = {}) {
  const attributes = {
    class: look.class ?? "icon-button",
    type: "button",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    "aria-label": label,
    title: label,
  };
  return h(
    "div",
    { class: "menu-holder", key },
    h(
      "button",
      { ...attributes, on: { click: (event) => toggle(event.currentTarget, entries) } },
      look.shown ?? h("span", { "aria-hidden": "true" }, "⋯"),
    ),
  );
}

function toggle(button, entries) {
  const wasOpen = open?.button === button;
  close(false);
  if (wasOpen) return;
  const items = entries.map((entry) =>
    h(
      "button",
      {
        role: entry.checked === undefined ? "menuitem" : "menuitemradio",
        "aria-checked": entry.checked === undefined ? null : String(entry.checked),
        type: "button",
        tabindex: "-1",
        on: { click: () => run(entry) },
      },
      entry.label,
    ),
  );
  const menu = h(
    "div",
    { role: "menu", class: "menu", "aria-label": button.getAttribute("aria-label"), on: { keydown: keys } },
    items,
  );
  if (button.closest("#teams, .teams-look")) menu.classList.add("teams-look");
  (button.closest("dialog") ?? document.body).append(menu);
  place(menu, button);
  button.setAttribute("aria-expanded", "true");
  open = { button, menu };
  (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0])?.focus();
}

function place(menu, button) {
  const at = button.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  const below = at.bottom + box.height + 8 < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.right - box.width, innerWidth - box.width - 8))}px`;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - box.height - 4)}px`;
}

function run(entry) {
  close(true);
  entry.run();
}

function close(focusBack) {
  if (!open) return;
  open.menu.remove();
  open.button.setAttribute("aria-expanded", "false");
  if (focusBack && open.button.isConnected) open.button.focus();
  open = null;
}

function keys(event) {
  const items = [...event.currentTarget.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to !== undefined) items.at(to % items.length).focus();
  else if (event.key === "Escape" || event.key === "Tab") close(true);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.menu.contains(event.target) && !open.button.contains(event.target)) close(false);
});
addEventListener("resize", () => close(false));
