// Presence in Teams: the dot on a person's disc, its words, and setting one's own by hand.

import { h, svg } from "./dom.js";
import { avatar } from "./avatar.js";
import { account, member, performTeams } from "./teamsstore.js";
import { menuButton } from "./menu.js";
import { openDialog } from "./toast.js";

// Each has a shape of its own, so that the colour is never alone.
const KINDS = {
  Available: { label: "Available", shape: "available", mark: "M3.6 6.2 5.3 8l3.2-3.6" },
  AvailableIdle: { label: "Available", shape: "available", mark: "M3.6 6.2 5.3 8l3.2-3.6" },
  Busy: { label: "Busy", shape: "busy", mark: "" },
  BusyIdle: { label: "Busy", shape: "busy", mark: "" },
  DoNotDisturb: { label: "Do not disturb", shape: "busy", mark: "M3.5 6h5" },
  BeRightBack: { label: "Be right back", shape: "away", mark: "M6 3.4V6l1.7 1.4" },
  Away: { label: "Away", shape: "away", mark: "M6 3.4V6l1.7 1.4" },
  Offline: { label: "Offline", shape: "offline", mark: "M4.3 4.3l3.4 3.4M7.7 4.3 4.3 7.7" },
};
const ACTIVITIES = {
  InACall: "In a call",
  InAMeeting: "In a meeting",
  Presenting: "Presenting",
  OutOfOffice: "Out of office",
  OffWork: "Off work",
  Inactive: "Away",
};
const BY_HAND = [
  ["Available", "Available"],
  ["Busy", "Busy"],
  ["DoNotDisturb", "Do not disturb"],
  ["BeRightBack", "Be right back"],
  ["Away", "Appear away"],
  ["Offline", "Appear offline"],
];

/** How a presence is called: "In a meeting", "Do not disturb". */
export function presenceWords(presence) {
  if (!presence) return "";
  return ACTIVITIES[presence.activity] ?? (KINDS[presence.availability] ?? KINDS.Offline).label;
}

/** The dot alone; its words must stand beside it or in `label`. */
export function dot(availability, label = "") {
  const kind = KINDS[availability] ?? KINDS.Offline;
  return svg(
    "svg",
    {
      viewBox: "0 0 12 12",
      class: `presence ${kind.shape}`,
      role: label ? "img" : null,
      "aria-label": label || null,
      "aria-hidden": label ? null : "true",
    },
    svg("circle", { cx: 6, cy: 6, r: 5 }),
    kind.mark && svg("path", { d: kind.mark }),
  );
}

/** A person's disc with the dot; the app has no presence. */
export function face(user, size = "") {
  return h(
    "span",
    { class: `face ${size}` },
    avatar(user, size),
    user.presence && !user.is_bot ? dot(user.presence.availability, presenceWords(user.presence)) : null,
  );
}

/** What somebody wrote under their name, or null. */
export function statusMessage(user) {
  return user.status_message?.text || null;
}

/** The viewer's own presence, as a button with the menu to change it. */
export function ownPresence() {
  const me = member(account());
  const chosen = me.presence?.availability ?? "Offline";
  const pick = ([availability, label]) => ({
    label: [dot(availability), label],
    checked: availability === chosen,
    run: () => performTeams("set_presence", { availability }),
  });
  const entries = [
    ...BY_HAND.map(pick),
    { label: "Reset status", run: () => performTeams("set_presence", { availability: "" }) },
    { label: "Set status message…", run: () => ask(me) },
  ];
  const words = presenceWords(me.presence);
  return menuButton(`Your presence in Teams: ${words}`, entries, "presence", {
    class: "own-presence",
    shown: [face(me, "tiny"), h("span", { class: "own-words" }, statusMessage(me) ?? words)],
  });
}

function ask(me) {
  const words = h("textarea", { id: "teams-status", rows: 3, maxlength: 280 }, statusMessage(me) ?? "");
  const end = () => {
    dialog.close();
    dialog.remove();
  };
  const save = (text) => {
    end();
    performTeams("set_status_message", { text });
  };
  const submit = (event) => {
    event.preventDefault();
    save(words.value.trim());
  };
  const button = (label, run) => h("button", { type: "button", class: "button", on: { click: run } }, label);
  const dialog = h(
    "dialog",
    { class: "modal small teams-look", "aria-labelledby": "teams-status-title", on: { cancel: end } },
    h(
      "form",
      { on: { submit } },
      h("h2", { id: "teams-status-title" }, "Your status message in Teams"),
      h(
        "div",
        { class: "modal-body" },
        h("div", { class: "field" }, h("label", { for: "teams-status" }, "What others see"), words),
        h("p", { class: "field-hint" }, "Boundary Bot never overwrites what you set here."),
      ),
      h(
        "div",
        { class: "modal-foot" },
        button("Cancel", end),
        button("Clear", () => save("")),
        h("button", { type: "submit", class: "button primary" }, "Save"),
      ),
    ),
  );
  document.body.append(dialog);
  openDialog(dialog);
}
