// Which client is on the screen: Slack, Teams or both side by side; one at a time where there is no room for two.

import { find, h, svg, update } from "./dom.js";
import { data, firstName, humans, keep, me, onSlack, redraw, remember, ui, viewAs } from "./store.js";

const CHOICES = [
  ["slack", "Slack"],
  ["both", "Both"],
  ["teams", "Teams"],
];
const NAMES = { slack: "Slack", teams: "Teams" };
const NARROW = matchMedia("(max-width: 999px)");
NARROW.addEventListener("change", () => redraw());

/** Whether there is a Teams tenant beside the workspace at all. */
export function withTeams() {
  return data.teams !== null;
}

/** Whether the viewer has an account on `client`. */
export function isOn(client) {
  return client === "slack" ? onSlack() : Boolean(me().teams);
}

/** What is on the screen now: "slack", "teams" or "both". */
export function showing() {
  if (!withTeams()) return "slack";
  const chosen = ui.show || keep("clients") || "both";
  if (chosen !== "both" || !NARROW.matches) return CHOICES.some(([one]) => one === chosen) ? chosen : "both";
  return isOn("slack") ? "slack" : "teams";
}

/** Choose what is on the screen. */
export function choose(client) {
  ui.show = client;
  keep("clients", client);
  remember();
  redraw();
}

/** Make sure that `client` can be seen, without closing the other where there is room for both. */
export function show(client) {
  if (showing() !== client && showing() !== "both") choose(NARROW.matches ? client : "both");
  else if (NARROW.matches) choose(client);
}

/** Draw the switch, and show and hide the two clients. */
export function drawClients() {
  if (!data.state) return;
  const shown = showing();
  document.body.dataset.clients = shown;
  document.body.dataset.accounts = isOn("slack") ? (isOn("teams") ? "both" : "slack") : "teams";
  find("#slack").hidden = shown === "teams";
  find("#teams").hidden = shown === "slack";
  for (const link of document.querySelectorAll(".skip"))
    link.hidden = shown === (link.hash === "#talk" ? "teams" : "slack");
  update(find("#switch"), withTeams() ? switcher(shown) : null);
}

function switcher(shown) {
  const one = ([client, words]) =>
    NARROW.matches && client === "both"
      ? null
      : h(
          "button",
          {
            type: "button",
            key: client,
            class: `switch-${client}`,
            "aria-pressed": String(shown === client),
            on: { click: () => choose(client) },
          },
          client === "both" ? null : glyph(client),
          words,
        );
  return h(
    "div",
    { class: "switch", role: "group", "aria-label": "Clients on the screen" },
    CHOICES.map(one),
  );
}

// Our own signs, not the products' logos: a hash for Slack's channels, two heads in a talk for Teams.
const GLYPHS = {
  slack: "M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16",
  teams:
    "M8.5 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM16.5 11.5a2.3 2.3 0 1 0 0-4.6M3 19c0-3.3 2.4-5 5.5-5s5.5 1.7 5.5 5M17 14.6c2.4.2 4 1.7 4 4.4",
};

/** The small sign of a client. */
export function glyph(client) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon glyph", "aria-hidden": "true" },
    svg("path", { d: GLYPHS[client] }),
  );
}

/** The bar on top of a client: its name, whose tenant it is, a button for its list where that is a drawer, the rest. */
export function bar(client, where, list, ...rest) {
  const open = ui.drawer === list.id;
  const toggle = () => {
    ui.drawer = open ? "" : list.id;
    redraw();
    if (!open) queueMicrotask(() => find(`#${list.id} button`)?.focus());
  };
  return [
    isOn(client)
      ? h(
          "button",
          {
            type: "button",
            key: "list",
            class: "icon-button only-slim",
            "aria-label": list.words,
            title: list.words,
            "aria-expanded": String(open),
            "aria-controls": list.id,
            on: { click: toggle },
          },
          svg(
            "svg",
            { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" },
            svg("path", { d: "M4 7h16M4 12h16M4 17h10" }),
          ),
        )
      : null,
    glyph(client),
    h(
      "h2",
      { id: `${client}-name`, key: "name" },
      NAMES[client],
      h("span", { class: "client-where" }, where),
    ),
    rest,
  ];
}

/** What stands in a client for somebody who has no account there. */
export function absent(client) {
  const there = humans().filter((user) => (client === "slack" ? onSlack(user.id) : user.teams));
  const name = firstName(me());
  const look = (user) =>
    h(
      "li",
      { key: user.id },
      h(
        "button",
        { type: "button", class: "button", on: { click: () => viewAs(user.id) } },
        `View as ${firstName(user)}`,
      ),
    );
  return h(
    "div",
    { class: "absent", key: "absent" },
    glyph(client),
    h("p", { class: "absent-title" }, `${name} is not on ${NAMES[client]}.`),
    h(
      "p",
      { class: "soft" },
      `Boundary Bot reaches ${name} in ${NAMES[client === "slack" ? "teams" : "slack"]} only. See it here as:`,
    ),
    h("ul", null, there.slice(0, 3).map(look)),
  );
}
