// Where one writes in Teams: "@" completes members and the app, "/" the app's commands; in groups only oneself sees those.

import { find } from "./dom.js";
import { data, draft, redraw, toast, ui } from "./store.js";
import { APP, account, conversation, member, performTeams } from "./teamsstore.js";
import { answered } from "./teamstalk.js";
import { Writing } from "./writing.js";

const HINT = "Enter sends · @ for people and the app";
const writing = new Writing({
  id: "teams-say",
  box: "teams-offers",
  hintId: "teams-hint",
  send: { label: "Send in Teams", mark: "➤" },
  hint,
  matches,
  keep: (words) => draft(words, ui.chat),
  speak: (text) => speakTeams(text),
  answering: () => answered(),
  cancel() {
    ui.answering = null;
    redraw();
  },
  again: (answer) => !answer.ok,
});

/** Draw the composer of the open conversation. */
export function drawTeamsComposer() {
  const form = find("#teams-composer");
  const one = conversation();
  form.hidden = !one || ui.chat === APP;
  if (form.hidden) return;
  const to = answered();
  const where = one.kind === "personal" ? member(one.members.find((id) => id !== account())).name : one.name;
  const name = to ? `Reply to ${to} in Teams` : `Message to ${where} in Teams`;
  const fresh = one.kind === "channel" ? `New post in ${where}` : `Message ${where}`;
  writing.draw(form, `${ui.as} ${ui.chat}`, name, to ? `Reply to ${to}` : fresh);
}

// Completion

function matches() {
  const one = conversation();
  const { before } = writing;
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
    take: () => writing.replace(from, `@${user.name} `),
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
      take: () => writing.replace(0, `/${one.title} `),
    }));
}

// In its own chat the app hears everything; elsewhere slash commands need an app that takes private messages.
function takesCommands(one) {
  return one.with_bot && (one.kind === "personal" || data.teams.targeted);
}

function hint() {
  const one = conversation();
  const hidden = one.kind !== "personal" && takesCommands(one) && writing.field.value.startsWith("/");
  const more = takesCommands(one) ? `${HINT} · / for commands` : HINT;
  return hidden ? "A command: only you and Boundary Bot see it" : more;
}

// Sending

/** Say `text` in the open conversation as the viewer; in a group, text that starts with a slash is a command. */
export function speakTeams(text) {
  const one = conversation();
  if (!one) return toast("Open a conversation first.");
  const slash = one.kind !== "personal" && text.startsWith("/");
  const replying = ui.answering && !slash ? { reply_to: ui.answering } : {};
  ui.answering = null;
  return performTeams("say", { conversation: one.id, text, slash, ...replying });
}
