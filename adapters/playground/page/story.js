// The two-minute story: five steps that can be done by hand or, button by button, by the page.

import { find, h, update } from "./dom.js";
import { speak } from "./composer.js";
import { nextChange } from "./header.js";
import { instant, minuteIn } from "./clock.js";
import {
  HOME,
  botChannel,
  channels,
  data,
  keep,
  open,
  people,
  redraw,
  refresh,
  ui,
  viewAs,
} from "./store.js";

const done = new Set();
let chosen = ""; // a step looked at out of turn
let hidden = keep("story") === "closed";

const STEPS = [
  {
    id: "focus",
    title: "Maya focuses",
    text: "As Maya, type /focus 90m deep work: her status and ribbon change.",
    run: focus,
  },
  {
    id: "ping",
    title: "Sam writes",
    text: "As Sam, mention @maya in #platform: only he is told when she sees it.",
    run: ping,
  },
  {
    id: "note",
    title: "Sam decides",
    text: "Leave Sam’s note be, or press “It’s urgent…” with a reason. See Why?",
    run: note,
  },
  {
    id: "digest",
    title: "One digest",
    text: "Back to Maya: press Next change until her focus ends. One digest comes.",
    instead: "Nothing waits. As Sam, say /later @maya and more; as Maya, press Next change.",
    run: digest,
  },
  {
    id: "evening",
    title: "End of the day",
    text: "Next change, to the end of her hours: a short ritual marks it. See Home.",
    run: evening,
  },
];

const OVER = "That is the whole idea. Go on as anybody: /boundary help shows everything one can say.";

/** Draw the strip (or nothing once it was put away). */
export function drawStory() {
  if (!data.state) return;
  const place = find("#story");
  if (hidden) return update(place);
  const step =
    STEPS.find((one) => one.id === chosen) ?? STEPS.find((one) => !done.has(one.id)) ?? STEPS.at(-1);
  const over = !chosen && STEPS.every((one) => done.has(one.id));
  update(
    place,
    h(
      "section",
      { class: "story", "aria-labelledby": "story-title" },
      h(
        "div",
        { class: "story-head" },
        h("h2", { id: "story-title" }, "Two minutes, five steps"),
        h("button", { type: "button", class: "text-button", on: { click: close } }, "Hide the steps"),
      ),
      h(
        "ol",
        { class: "steps" },
        STEPS.map((one, index) => entry(one, index, one === step)),
      ),
      h(
        "div",
        { class: "step-now" },
        h("p", { key: step.id }, over ? OVER : wentAtOnce() && step.instead ? step.instead : step.text),
        over ? null : doIt(step),
      ),
    ),
  );
}

function doIt(step) {
  const label = `Do it for me: ${step.title}`;
  const attributes = { type: "button", class: "button", key: "do", "aria-label": label };
  return h("button", { ...attributes, on: { click: () => go(step) } }, "Do it for me");
}

function entry(step, index, current) {
  const finished = done.has(step.id);
  const choose = () => {
    chosen = step.id;
    redraw();
  };
  return h(
    "li",
    { key: step.id },
    h(
      "button",
      {
        type: "button",
        class: `step${finished ? " done" : ""}`,
        "aria-current": current ? "step" : null,
        on: { click: choose },
      },
      h("span", { class: "step-number" }, finished ? "✓" : String(index + 1)),
      h("span", { class: "step-title" }, step.title),
      finished && h("span", { class: "visually-hidden" }, " (done)"),
    ),
  );
}

async function go(step) {
  await step.run();
  done.add(step.id);
  chosen = "";
  redraw();
}

function close() {
  hidden = true;
  keep("story", "closed");
  redraw();
  find("#main").focus({ preventScroll: true });
}

/** Whether the strip is away, and how to bring it back. */
export const story = {
  get hidden() {
    return hidden;
  },
  show() {
    hidden = false;
    keep("story", "open");
    redraw();
  },
};

// The steps

const byName = (name) => people().find((user) => user.name === name) ?? people()[0];
const room = () => (channels().find((one) => one.name === "platform") ?? channels()[0]).id;

async function as(name, place = "") {
  const id = byName(name).id;
  if (ui.as !== id) await viewAs(id);
  if (place && ui.place !== place) await open(place);
}

async function focus() {
  await as("maya", room());
  await speak("/focus 90m deep work");
}

async function ping() {
  await as("sam", room());
  await speak("@maya could you look at the release notes when you have a moment?");
}

async function note() {
  await as("sam", room());
  const notes = data.messages.filter(
    (one) => one.ephemeral && one.blocks?.some((block) => block.type === "actions"),
  );
  const button = notes.length && find(`[data-ts="${notes.at(-1).ts}"] .block-actions button`);
  if (button) button.focus();
}

async function mayasMessages() {
  await as("maya");
  const direct = botChannel();
  if (direct) await open(direct.id);
}

// Whoever broke through has nothing left to wait for: then Sam has one more thing to say.
async function digest() {
  await as("maya");
  if (!data.insight?.waiting?.total) {
    await as("sam", room());
    await speak("/later @maya the draft is ready, whenever you are back");
  }
  await mayasMessages();
  await arrival();
}

async function evening() {
  await mayasMessages();
  await arrival(data.insight?.ribbon?.parts?.findLast((part) => part.mode === "available")?.end);
}

// Press "Next change" until the app has written something here (in the last half hour before `minute`, if given).
async function arrival(minute = 0) {
  const before = data.messages.at(-1)?.ts;
  const { tz } = byName("maya");
  for (let tries = 0; tries < 40; tries += 1) {
    const last = data.messages.at(-1);
    if (last && last.ts !== before && minuteIn(tz, instant(last.at)) >= minute - 30) return;
    const answer = await nextChange();
    if (!answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500)); // the app needs a moment to do what is due
    await refresh();
  }
}

function wentAtOnce() {
  return data.insight?.decision?.verdict === "deliver";
}

let awaited = ""; // when what waits for Maya goes out

/** Tick off what was done by hand. */
export function watchStory() {
  const maya = byName("maya");
  if (!data.state || !maya) return;
  if (
    /focus/i.test(maya.status?.text ?? "") ||
    data.insight?.ribbon?.parts?.some((part) => part.mode === "focus" && part.because === "said")
  )
    mark("focus");
  const decision = data.insight?.decision;
  if (decision) awaited = wentAtOnce() ? "" : (decision.release_at ?? "");
  if (awaited) mark("ping");
  if (done.has("ping") && ui.as === maya.id) mark("note");
  const landed = data.messages.at(-1)?.at ?? "";
  if (awaited && ui.as === maya.id && ui.place === botChannel()?.id && landed >= awaited) mark("digest");
  if (ui.as === maya.id && ui.place === HOME && done.has("digest")) mark("evening");
}

function mark(id) {
  if (done.has(id)) return;
  done.add(id);
}
