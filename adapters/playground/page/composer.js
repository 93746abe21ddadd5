// Where one writes: Enter sends, "/" completes commands, "@" completes people. The field itself is never rebuilt.

import { find, h, update } from "./dom.js";
import { Offers, grow } from "./offers.js";
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

let field = null;
let offers = null;
let drawnFor = "";

/** Draw the composer for the open place. */
export function drawComposer() {
  const form = find("#composer");
  const place = channel(ui.place);
  form.hidden = !data.state || !onSlack() || ui.place === HOME || !place;
  if (form.hidden) return;
  field ??= make(form);
  const where = place.kind === "im" ? partner(place).real_name : `#${place.name}`;
  field.setAttribute("aria-label", ui.thread ? "Reply in thread" : `Message to ${where}`);
  field.placeholder = ui.thread ? "Reply in thread" : `Message ${where} · / for commands`;
  if (drawnFor !== `${ui.as} ${ui.place}`) {
    drawnFor = `${ui.as} ${ui.place}`;
    field.value = draft();
    grow(field);
    offers.offer([]);
  }
  drawThread();
}

function make(form) {
  const { list, attributes } = Offers.parts("offers");
  const area = h("textarea", {
    id: "say",
    rows: "1",
    ...attributes,
    "aria-describedby": "composer-hint",
    spellcheck: "true",
    on: { input: typed, keydown: key, blur: () => setTimeout(() => offers.offer([]), 150) },
  });
  offers = new Offers(area, "offers");
  form.append(
    list,
    h("div", { id: "composer-thread" }),
    h(
      "div",
      { class: "composer-line" },
      area,
      h(
        "button",
        { type: "submit", class: "button primary send", "aria-label": "Send" },
        h("span", { "aria-hidden": "true" }, "↑"),
      ),
    ),
    h("p", { id: "composer-hint", class: "composer-hint" }, DEFAULT_HINT),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return area;
}

const DEFAULT_HINT = "Enter sends · / for commands · @ for people";

function drawThread() {
  const root = ui.thread && data.messages.find((one) => one.ts === ui.thread);
  const cancel = () => {
    ui.thread = null;
    redraw();
    field.focus();
  };
  update(
    find("#composer-thread"),
    root &&
      h(
        "p",
        { class: "reply-to" },
        `↳ Replying to ${firstName(person(root.user))} `,
        h("button", { type: "button", class: "text-button", on: { click: cancel } }, "Cancel"),
      ),
  );
}

// Completion

function typed() {
  draft(field.value);
  grow(field);
  offers.offer(matches());
  hint();
}

function matches() {
  const before = field.value.slice(0, field.selectionStart);
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
    take: () => replace(0, `${one.command} `),
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
    take: () => replace(0, takes ? `${start} ` : start),
  };
}

function lineOption(one) {
  return { label: one.example, example: true, take: () => replace(0, one.example) };
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
    take: () => replace(0, `${command.command} ${one.replace(/ ?[…<[].*$/, " ")}`),
  };
}

function personOption(user, from) {
  return { label: `@${user.name}`, note: user.real_name, user, take: () => replace(from, `@${user.name} `) };
}

function replace(from, words) {
  const end = field.selectionStart;
  field.setRangeText(words, from, end, "end");
  typed();
}

function hint() {
  const name = /^(\/\S+) /.exec(field.value)?.[1];
  const command = (data.state.commands ?? []).find((one) => one.command === name);
  const words = command ? explained(command) : DEFAULT_HINT;
  if (find("#composer-hint").textContent !== words) find("#composer-hint").textContent = words;
}

function explained(command) {
  const word = wordsOf(command).find((one) =>
    `${field.value} `.startsWith(`${command.command} ${one.word} `),
  );
  if (word) return `${word.usage} · ${word.summary}`;
  return [command.command, command.hint, command.description && `· ${command.description}`]
    .filter(Boolean)
    .join(" ");
}

function key(event) {
  if (event.isComposing || offers.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey) send();
  else if (event.key === "Escape" && ui.thread) {
    ui.thread = null;
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
  const answer = await speak(text);
  if (!answer.ok && answer.error && drawnFor === place && !field.value) {
    field.value = before;
    typed();
  }
}

function clear() {
  field.value = "";
  draft("");
  grow(field);
  offers.offer([]);
  hint();
}

/** Say `text` in the open place as the viewer; text that starts with a slash is a command. */
export function speak(text) {
  const command = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command) return perform("command", { channel: ui.place, command: command[1], text: command[2] ?? "" });
  const thread = ui.thread ? { thread_ts: ui.thread } : {};
  return perform("say", { channel: ui.place, text, ...thread });
}

/** Put words into the composer for the person to send. */
export function suggest(text) {
  if (!field) return toast(text);
  field.value = text;
  typed();
  offers.offer([]);
  field.focus();
}
