// Where one writes: Enter sends, "/" completes commands, "@" completes people.

import { find } from "./dom.js";
import {
  HOME,
  channel,
  data,
  draft,
  firstName,
  onSlack,
  partner,
  people,
  perform,
  person,
  redraw,
  toast,
  ui,
} from "./store.js";
import { Writing } from "./writing.js";

const DEFAULT_HINT = "Enter sends · / for commands · @ for people";
const writing = new Writing({
  id: "say",
  box: "offers",
  hintId: "composer-hint",
  send: { label: "Send", mark: "↑" },
  hint,
  matches,
  keep: draft,
  speak,
  answering,
  cancel() {
    ui.thread = null;
    redraw();
  },
  again: (answer) => !answer.ok && answer.error,
});

/** Draw the composer for the open place. */
export function drawComposer() {
  const form = find("#composer");
  const place = channel(ui.place);
  form.hidden = !data.state || !onSlack() || ui.place === HOME || !place;
  if (form.hidden) return;
  const where = place.kind === "im" ? partner(place).real_name : `#${place.name}`;
  const name = ui.thread ? "Reply in thread" : `Message to ${where}`;
  const placeholder = ui.thread ? "Reply in thread" : `Message ${where} · / for commands`;
  writing.draw(form, `${ui.as} ${ui.place}`, name, placeholder);
}

// Whom the reply in a thread answers.
function answering() {
  const root = ui.thread && data.messages.find((one) => one.ts === ui.thread);
  return root ? firstName(person(root.user)) : "";
}

// Completion

function matches() {
  const { before } = writing;
  const commands = data.state.commands ?? [];
  const whole = commands.find((one) => one.command === before);
  if (whole) return continued(whole, ""); // a command alone is a full sentence, which Enter sends
  if (/^\/\S*$/.test(before))
    return commands.filter((one) => one.command.startsWith(before.toLowerCase())).map(commandOption);
  const spoken = /^(\/\S+) ([^@]*)$/.exec(before);
  const command = spoken && commands.find((one) => one.command === spoken[1]);
  if (command) return continued(command, spoken[2]);
  const at = /(?:^|\s)@(\w*)$/.exec(before);
  if (at)
    return people()
      .filter((user) => user.name.startsWith(at[1].toLowerCase()) && user.name !== at[1])
      .map((user) => personOption(user, before.length - at[1].length - 1));
  return [];
}

function commandOption(one) {
  return {
    label: one.command,
    note: one.hint ?? "",
    more: one.description ?? "",
    take: () => writing.replace(0, `${one.command} `),
  };
}

// What may follow a command: one of its words, an example of what the word takes, or the hint's examples.
function continued(command, said) {
  const words = wordsOf(command);
  const word = words.find((one) => said.startsWith(`${one.word} `));
  if (word) return word.example.startsWith(`${command.command} ${said}`) ? [lineOption(word)] : [];
  if (words.length)
    return words.filter((one) => isStart(said, one.word)).map((one) => wordOption(one, said === ""));
  return examples(command)
    .filter((one) => isStart(said, one))
    .map((one) => exampleOption(command, one));
}

function wordsOf(command) {
  return (data.state.completions ?? []).filter((one) => one.command === command?.command);
}

function isStart(said, whole) {
  return whole.startsWith(said.toLowerCase()) && whole !== said;
}

// With nothing typed the command alone is a full sentence, so Enter must not take the first word.
function wordOption(one, example) {
  const start = `${one.command} ${one.word}`;
  const takes = one.usage.split(" | /")[0].slice(start.length).trim();
  return {
    label: start,
    note: takes,
    more: one.summary,
    example,
    take: () => writing.replace(0, takes ? `${start} ` : start),
  };
}

function lineOption(one) {
  return { label: one.example, example: true, take: () => writing.replace(0, one.example) };
}

// "[90m | until 15:00 | hours …]": what the hint shows can be taken; an ellipsis is for the person to fill in.
function examples(command) {
  return (command.hint ?? "")
    .replace(/^\[(.*)\]$/, "$1")
    .split("|")
    .map((one) => one.trim())
    .filter((one) => one && !one.startsWith("@"));
}

function exampleOption(command, one) {
  return {
    label: `${command.command} ${one}`,
    example: true,
    take: () => writing.replace(0, `${command.command} ${one.replace(/ ?[…<[].*$/, " ")}`),
  };
}

function personOption(user, from) {
  return {
    label: `@${user.name}`,
    note: user.real_name,
    user,
    take: () => writing.replace(from, `@${user.name} `),
  };
}

function hint() {
  const name = /^(\/\S+) /.exec(writing.field.value)?.[1];
  const command = (data.state.commands ?? []).find((one) => one.command === name);
  return command ? explained(command) : DEFAULT_HINT;
}

function explained(command) {
  const word = wordsOf(command).find((one) =>
    `${writing.field.value} `.startsWith(`${command.command} ${one.word} `),
  );
  if (word) return `${word.usage} · ${word.summary}`;
  return [command.command, command.hint, command.description && `· ${command.description}`]
    .filter(Boolean)
    .join(" ");
}

// Sending

/** Say `text` in the open place as the viewer; text that starts with a slash is a command. */
export function speak(text) {
  const command = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command) return perform("command", { channel: ui.place, command: command[1], text: command[2] ?? "" });
  const thread = ui.thread ? { thread_ts: ui.thread } : {};
  return perform("say", { channel: ui.place, text, ...thread });
}

/** Put words into the composer for the person to send. */
export function suggest(text) {
  if (!writing.field) return toast(text);
  writing.suggest(text);
}
