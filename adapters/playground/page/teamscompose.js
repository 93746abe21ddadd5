// Where one writes in Teams: "@" completes members and the app, "/" the app's commands; in groups only oneself sees those.

import { find, h, update } from "./dom.js";
import { Offers, grow } from "./offers.js";
import { data, draft, redraw, toast, ui } from "./store.js";
import { APP, account, conversation, member, performTeams } from "./teamsstore.js";
import { answered } from "./teamstalk.js";

const HINT = "Enter sends · @ for people and the app";
let field = null;
let offers = null;
let drawnFor = "";

/** Draw the composer of the open conversation. */
export function drawTeamsComposer() {
  const form = find("#teams-composer");
  const one = conversation();
  form.hidden = !one || ui.chat === APP;
  if (form.hidden) return;
  field ??= make(form);
  const to = answered();
  const where = one.kind === "personal" ? member(one.members.find((id) => id !== account())).name : one.name;
  field.setAttribute("aria-label", to ? `Reply to ${to} in Teams` : `Message to ${where} in Teams`);
  field.placeholder = to
    ? `Reply to ${to}`
    : one.kind === "channel"
      ? `New post in ${where}`
      : `Message ${where}`;
  if (drawnFor !== `${ui.as} ${ui.chat}`) {
    drawnFor = `${ui.as} ${ui.chat}`;
    field.value = draft(undefined, ui.chat);
    grow(field);
    offers.offer([]);
  }
  hint();
  drawAnswering(to);
}

function make(form) {
  const { list, attributes } = Offers.parts("teams-offers");
  const area = h("textarea", {
    id: "teams-say",
    rows: "1",
    ...attributes,
    "aria-describedby": "teams-hint",
    spellcheck: "true",
    on: { input: typed, keydown: key, blur: () => setTimeout(() => offers.offer([]), 150) },
  });
  offers = new Offers(area, "teams-offers");
  form.append(
    list,
    h("div", { id: "teams-answering" }),
    h(
      "div",
      { class: "composer-line" },
      area,
      h(
        "button",
        { type: "submit", class: "button primary send", "aria-label": "Send in Teams" },
        h("span", { "aria-hidden": "true" }, "➤"),
      ),
    ),
    h("p", { id: "teams-hint", class: "composer-hint" }, HINT),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return area;
}

function drawAnswering(to) {
  const cancel = () => {
    ui.answering = null;
    redraw();
    field.focus();
  };
  update(
    find("#teams-answering"),
    to &&
      h(
        "p",
        { class: "reply-to" },
        `↳ Replying to ${to} `,
        h("button", { type: "button", class: "text-button", on: { click: cancel } }, "Cancel"),
      ),
  );
}

// Completion

function typed() {
  draft(field.value, ui.chat);
  grow(field);
  offers.offer(matches());
  hint();
}

function matches() {
  const one = conversation();
  const before = field.value.slice(0, field.selectionStart);
  const command = /^\/(.*)$/.exec(before);
  if (command) return takesCommands(one) ? commands(command[1].toLowerCase()) : [];
  const at = /(?:^|\s)@([^@\n]{0,30})$/.exec(before);
  if (!at) return [];
  const wanted = at[1].toLowerCase();
  return one.members
    .map(member)
    .filter((user) => user.id !== account() && user.name.toLowerCase().startsWith(wanted))
    .filter((user) => user.name.toLowerCase() !== wanted && !(one.kind === "personal" && user.is_bot))
    .map((user) => mention(user, before.length - at[1].length - 1));
}

function mention(user, from) {
  return {
    label: user.name,
    note: user.is_bot ? "App" : user.guest ? "Guest" : "",
    user,
    take: () => replace(from, `@${user.name} `),
  };
}

function commands(said) {
  return (data.teams.commands ?? [])
    .filter((one) => one.title.toLowerCase().startsWith(said) && one.title.toLowerCase() !== said)
    .map((one) => ({
      label: `/${one.title}`,
      note: "",
      more: one.description,
      example: said === "",
      take: () => replace(0, `/${one.title} `),
    }));
}

// In its own chat the app hears everything; elsewhere slash commands need an app that takes private messages.
function takesCommands(one) {
  return one.with_bot && (one.kind === "personal" || data.teams.targeted);
}

function replace(from, words) {
  field.setRangeText(words, from, field.selectionStart, "end");
  typed();
}

function hint() {
  const one = conversation();
  const hidden = one.kind !== "personal" && takesCommands(one) && field.value.startsWith("/");
  const more = takesCommands(one) ? `${HINT} · / for commands` : HINT;
  const words = hidden ? "A command: only you and Boundary Bot see it" : more;
  const line = find("#teams-hint");
  if (line.textContent !== words) line.textContent = words;
}

function key(event) {
  if (event.isComposing || offers.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey) send();
  else if (event.key === "Escape" && ui.answering) {
    ui.answering = null;
    redraw();
  } else return;
  event.preventDefault();
}

// Sending

async function send() {
  const text = field.value.trim();
  if (!text) return;
  const before = field.value;
  const place = drawnFor;
  clear();
  const answer = await speakTeams(text);
  if (!answer.ok && drawnFor === place && !field.value) {
    field.value = before;
    typed();
  }
}

function clear() {
  field.value = "";
  draft("", ui.chat);
  grow(field);
  offers.offer([]);
  hint();
}

/** Say `text` in the open conversation as the viewer; in a group, text that starts with a slash is a command. */
export function speakTeams(text) {
  const one = conversation();
  if (!one) return toast("Open a conversation first.");
  const slash = one.kind !== "personal" && text.startsWith("/");
  const replying = ui.answering && !slash ? { reply_to: ui.answering } : {};
  ui.answering = null;
  return performTeams("say", { conversation: one.id, text, slash, ...replying });
}
