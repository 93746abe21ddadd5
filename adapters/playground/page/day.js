// "Everybody's day": each person's modes as a ribbon with a now line, a legend, and the same in words.

import { h, svg } from "./dom.js";
import { avatar } from "./avatar.js";
import { dateIn, minuteIn, placeOf, timeIn, wall } from "./clock.js";
import { MODES, stretch } from "./modes.js";
import { ownStatusButton } from "./ownstatus.js";
import { data, firstName, humans, me, ui } from "./store.js";

/** The section with all ribbons; `null` while the bot has told nothing. */
export function everybodysDay() {
  const ribbons = data.insight?.ribbons ?? [];
  const of = (user) =>
    ribbons.find((ribbon) => [user.id, user.teams].includes(ribbon.user)) ??
    (user.id === ui.as ? data.insight?.ribbon : null);
  const others = humans().filter((user) => user.id !== ui.as);
  const mine = of(me());
  return h(
    "section",
    { key: "days", class: "panel-part", "aria-labelledby": "days-title" },
    h("h2", { id: "days-title" }, "Everybody’s day"),
    mine && own(mine),
    h(
      "ul",
      { class: "days" },
      others.map((user) => row(user, of(user))),
    ),
    legend(),
  );
}

function own(ribbon) {
  const user = me();
  const at = current(ribbon);
  return h(
    "div",
    { class: "own-day", key: `own-${ui.as}` },
    h(
      "div",
      { class: "day-line" },
      avatar(user),
      h("div", { class: "day-who" }, h("span", { class: "day-name" }, firstName(user)), zone(user)),
      modeTag(at),
    ),
    picture(ribbon, user, true),
    h(
      "div",
      { class: "hours", "aria-hidden": "true" },
      ["00", "06", "12", "18", "24"].map((hour) => h("span", null, hour)),
    ),
    h(
      "details",
      { key: "words" },
      h("summary", null, "The day in words"),
      h(
        "ol",
        { class: "day-words" },
        ribbon.parts.map((part) => inWords(part, part === at)),
      ),
    ),
    ownStatusButton(),
  );
}

function row(user, ribbon) {
  return h(
    "li",
    { key: user.id },
    h(
      "div",
      { class: "day-line" },
      avatar(user, "tiny"),
      h("div", { class: "day-who" }, h("span", { class: "day-name" }, firstName(user)), zone(user)),
      ribbon && modeTag(current(ribbon)),
    ),
    ribbon ? picture(ribbon, user, false) : h("p", { class: "soft small" }, "No norms set"),
  );
}

function zone(user) {
  return h(
    "span",
    { class: "day-zone" },
    `${placeOf(user.tz)} `,
    h("span", { "data-live": "time", "data-zone": user.tz }, timeIn(user.tz)),
  );
}

function current(ribbon) {
  const minute = nowOf(ribbon) ?? 0;
  return ribbon.parts.find((part) => part.start <= minute && minute < part.end) ?? null;
}

function nowOf(ribbon) {
  return dateIn(ribbon.zone) === ribbon.date ? minuteIn(ribbon.zone) : null;
}

function modeTag(part) {
  if (!part) return null;
  return h("span", { class: "mode-tag" }, swatch(part.mode), nameOf(part.mode));
}

function nameOf(mode) {
  return MODES[mode]?.label ?? mode;
}

/** A small sample of a mode's colour and pattern. */
function swatch(mode) {
  return svg("svg", { class: "swatch", width: 16, height: 16, "aria-hidden": "true" }, stretch(mode, 0, 100));
}

function picture(ribbon, user, mine) {
  const said = ribbon.parts
    .map((part) => `${wall(part.start)} to ${wall(part.end)} ${nameOf(part.mode).toLowerCase()}`)
    .join(", ");
  const minute = nowOf(ribbon);
  const parts = ribbon.parts.map((part) =>
    stretch(part.mode, percent(part.start), percent(part.end - part.start), words(part, mine)),
  );
  const line =
    minute === null
      ? null
      : svg("g", { class: "now", "data-now": ribbon.zone, "data-date": ribbon.date }, nowLine(minute));
  return svg(
    "svg",
    {
      class: `ribbon${mine ? " mine" : ""}`,
      role: "img",
      "aria-label": `${firstName(user)}, ${ribbon.date}: ${said}`,
    },
    parts,
    line,
  );
}

function nowLine(minute) {
  const x = `${percent(minute)}%`;
  return [
    svg("line", { x1: x, x2: x, y1: 0, y2: "100%", class: "now-edge" }),
    svg("line", { x1: x, x2: x, y1: 0, y2: "100%", class: "now-line" }),
    svg("circle", { cx: x, cy: 4, r: 4, class: "now-dot" }),
  ];
}

// Only the person themself reads why: a norm's name is private by default.
function words(part, mine) {
  const because = mine && part.because ? `, ${part.because}` : "";
  return `${wall(part.start)}–${wall(part.end)} ${nameOf(part.mode)}${because}`;
}

function inWords(part, isNow) {
  return h(
    "li",
    { "aria-current": isNow ? "time" : null },
    h("span", { class: "day-span" }, `${wall(part.start)}–${wall(part.end)}`),
    swatch(part.mode),
    h("span", null, nameOf(part.mode), part.because && h("span", { class: "soft" }, ` · ${part.because}`)),
  );
}

function percent(minutes) {
  return Math.round((minutes / 1440) * 10_000) / 100;
}

function legend() {
  const used = new Set(
    (data.insight?.ribbons ?? []).flatMap((ribbon) => ribbon.parts.map((part) => part.mode)),
  );
  const modes = Object.keys(MODES).filter((mode) => used.has(mode));
  return h(
    "ul",
    { class: "legend", "aria-label": "Legend" },
    modes.map((mode) => h("li", { key: mode }, swatch(mode), nameOf(mode))),
    h("li", { key: "now" }, h("span", { class: "now-key", "aria-hidden": "true" }), "Now"),
  );
}

/** Move the now lines; true when a person's day has ended and new ribbons are needed. */
export function moveNowLines() {
  let over = false;
  for (const line of document.querySelectorAll("[data-now]")) {
    over ||= dateIn(line.dataset.now) !== line.dataset.date;
    const x = `${percent(minuteIn(line.dataset.now))}%`;
    for (const part of line.children) {
      for (const name of part.nodeName === "circle" ? ["cx"] : ["x1", "x2"])
        if (part.getAttribute(name) !== x) part.setAttribute(name, x);
    }
  }
  return over;
}

/** Who is meant by an id or name in a decision. */
export function called(id) {
  const known = humans().find((user) => [user.id, user.teams, user.name].includes(id));
  if (known) return firstName(known);
  return data.insight?.person?.id === id ? firstName(me()) : id;
}
