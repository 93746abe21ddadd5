// The top of the page: whose eyes we look through, the workspace's clock, theme and panels.

import { find, h, svg, update } from "./dom.js";
import { avatar } from "./avatar.js";
import { clockSpeed, dayIn, minuteIn, now, placeOf, timeIn } from "./clock.js";
import { data, firstName, humans, keep, me, perform, redraw, ui, viewAs } from "./store.js";

const SPEEDS = [
  { speed: 0, label: "Pause", shown: "❚❚" },
  { speed: 1, label: "Real time", shown: "1×" },
  { speed: 60, label: "60 times as fast", shown: "60×" },
  { speed: 600, label: "600 times as fast", shown: "600×" },
];

/** Draw the header. */
export function drawHeader() {
  if (data.state) {
    update(find("#clock"), clock());
    update(find("#viewers"), viewers());
  }
  update(find("#tools"), tools());
}

function clock() {
  const zone = me().tz;
  const speeds = SPEEDS.map(({ speed, label, shown }) =>
    h(
      "button",
      {
        type: "button",
        class: "speed",
        key: speed,
        title: label,
        "aria-label": label,
        "aria-pressed": String(clockSpeed() === speed),
        on: { click: () => perform("clock", { speed }) },
      },
      shown,
    ),
  );
  return [
    h(
      "div",
      { class: "clock-face", key: "face" },
      h("span", { class: "clock-time", "data-live": "time", "data-zone": zone }, timeIn(zone)),
      h(
        "span",
        { class: "clock-day" },
        h("span", { "data-live": "day", "data-zone": zone }, dayIn(zone)),
        h("span", { class: "clock-zone" }, `${firstName(me())}, ${placeOf(zone)}`),
      ),
    ),
    h("div", { class: "speeds", key: "speeds" }, speeds),
    h(
      "button",
      {
        type: "button",
        class: "button primary next-change",
        "aria-label": "Next change",
        key: "next",
        title: "Move the clock to the next boundary of anybody's day",
        on: { click: nextChange },
      },
      h("span", { class: "next-words" }, "Next change"),
      h("span", { "aria-hidden": "true" }, "⇥"),
    ),
  ];
}

/** Move the clock to whatever happens next. */
export function nextChange() {
  return perform("clock", { next_change: true });
}

function viewers() {
  const one = (user) => {
    const name = firstName(user);
    return h(
      "label",
      { class: "viewer", key: user.id, title: `View as ${user.real_name}` },
      h("input", {
        type: "radio",
        name: "viewer",
        class: "visually-hidden",
        value: user.id,
        checked: user.id === ui.as,
        "aria-label": `${name}, ${placeOf(user.tz)}`,
        on: { change: () => viewAs(user.id) },
      }),
      avatar(user),
      h(
        "span",
        { class: "viewer-words", "aria-hidden": "true" },
        h("span", { class: "viewer-name" }, name),
        h("span", { class: "viewer-time", "data-live": "time", "data-zone": user.tz }, timeIn(user.tz)),
      ),
    );
  };
  return h("fieldset", { class: "viewers" }, h("legend", null, "View as"), humans().map(one));
}

function tools() {
  const theme = document.documentElement.dataset.theme ?? "auto";
  const next = { auto: "dark", dark: "light", light: "auto" }[theme];
  return [
    icon(
      "Days and decisions",
      "days",
      {
        key: "panel",
        class: "icon-button only-medium",
        "aria-expanded": String(ui.drawer === "panel"),
        "aria-controls": "panel",
      },
      showPanel,
    ),
    icon(`Theme: ${theme}. Change to ${next}`, theme, { key: "theme", class: "icon-button" }, () =>
      setTheme(next),
    ),
  ];
}

function showPanel() {
  const open = ui.drawer !== "panel";
  ui.drawer = open ? "panel" : "";
  redraw();
  if (open) queueMicrotask(() => find("#panel :is(button, summary, a)")?.focus());
}

function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  keep("theme", theme);
  redraw();
}

const ICONS = {
  days: "M4 6h10M4 12h16M8 18h12",
  auto: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  dark: "M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z",
  light:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6l1.4 1.4M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4",
};

function icon(label, name, attributes, run) {
  const drawing = svg(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" },
    svg("path", { d: ICONS[name] }),
  );
  return h(
    "button",
    { type: "button", "aria-label": label, title: label, ...attributes, on: { click: run } },
    drawing,
  );
}

/** Write the present time wherever it stands; called several times a second while the clock runs. */
export function tick() {
  for (const node of document.querySelectorAll("[data-live]")) {
    const words = node.dataset.live === "day" ? dayIn(node.dataset.zone) : timeIn(node.dataset.zone);
    if (node.textContent !== words) node.textContent = words;
  }
  if (!data.state) return;
  const minute = minuteIn(me().tz, now());
  const sky =
    minute < 330 || minute >= 1290 ? "night" : minute < 480 ? "dawn" : minute < 1020 ? "day" : "dusk";
  if (document.body.dataset.sky !== sky) document.body.dataset.sky = sky;
}
