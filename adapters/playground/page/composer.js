// Where one writes: Enter sends, "/" completes commands, "@" completes people. The field itself is never rebuilt.

import { announce, find, h, update } from "./dom.js";
import { avatar } from "./avatar.js";
import {
  HOME,
  channel,
  data,
  draft,
  firstName,
  partner,
  people,
  perform,
  person,
  redraw,
  toast,
  ui,
} from "./store.js";

let options = [];
let active = 0;
let field = null;
let drawnFor = "";

/** Draw the composer for the open place. */
export function drawComposer() {
  const form = find("#composer");
  const place = channel(ui.place);
  form.hidden = !data.state || ui.place === HOME || !place;
  if (form.hidden) return;
  field ??= make(form);
  const where = place.kind === "im" ? partner(place).real_name : `#${place.name}`;
  field.setAttribute("aria-label", ui.thread ? "Reply in thread" : `Message to ${where}`);
  field.placeholder = ui.thread ? "Reply in thread" : `Message ${where} · / for commands`;
  if (drawnFor !== `${ui.as} ${ui.place}`) {
    drawnFor = `${ui.as} ${ui.place}`;
    field.value = draft();
    grow();
    offer([]);
  }
  drawThread();
}

function make(form) {
  const area = h("textarea", {
    id: "say",
    rows: "1",
    "aria-autocomplete": "list",
    "aria-controls": "offers",
    "aria-describedby": "composer-hint",
    autocomplete: "off",
    spellcheck: "true",
    on: { input: typed, keydown: key, blur: () => setTimeout(() => offer([]), 150) },
  });
  form.append(
    h("div", { id: "offers", role: "listbox", "aria-label": "Suggestions", hidden: true }),
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
    h("p", { id: "composer-hint" }, DEFAULT_HINT),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return area;
}

const DEFAULT_HINT = "Enter sends · Shift+Enter starts a new line · / for commands · @ for people";

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

function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
}

// Completion

function typed() {
  draft(field.value);
  grow();
  offer(matches());
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

function offer(found) {
  if (found.length && found.length !== options.length)
    announce(`${found.length} suggestion${found.length > 1 ? "s" : ""}`);
  options = found;
  active = options[0]?.example ? -1 : 0; // an example is taken only when chosen: Enter sends what stands there
  drawOffers();
}

function drawOffers() {
  const box = find("#offers");
  box.hidden = !options.length;
  update(
    box,
    options.map((one, index) =>
      h(
        "div",
        {
          role: "option",
          id: `offer-${index}`,
          class: "offer",
          key: one.label,
          "aria-selected": String(index === active),
          on: { pointerdown: (event) => pick(event, index) },
        },
        one.user && avatar(one.user, "tiny"),
        h("span", { class: "offer-label" }, one.label),
        one.note && h("span", { class: "offer-note" }, one.note),
        one.more && h("span", { class: "offer-more" }, one.more),
      ),
    ),
  );
  if (options[active]) field.setAttribute("aria-activedescendant", `offer-${active}`);
  else field.removeAttribute("aria-activedescendant");
  find(`#offer-${active}`)?.scrollIntoView({ block: "nearest" });
}

function pick(event, index) {
  event.preventDefault();
  options[index].take();
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
  if (event.isComposing) return;
  const offered = options.length > 0;
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (offered && move) {
    active =
      active < 0 ? (move > 0 ? 0 : options.length - 1) : (active + move + options.length) % options.length;
    drawOffers();
  } else if (offered && event.key === "Escape") offer([]);
  else if (options[active] && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey)
    options[active].take();
  else if (event.key === "Enter" && !event.shiftKey) send();
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
  grow();
  offer([]);
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
  offer([]);
  field.focus();
}
