// The first chapter of the story, in Slack: what each step does when the page does it, and how one sees that it was done.

import { find } from "./dom.js";
import { speak } from "./composer.js";
import { nextChange } from "./header.js";
import { instant, minuteIn } from "./clock.js";
import { show } from "./clients.js";
import { HOME, botChannel, channels, data, open, people, perform, refresh, ui, viewAs } from "./store.js";

/** The steps: `text` says what to do, `run` does it. */
export const STEPS = [
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

/** Somebody by their short name. */
export const byName = (name) => people().find((user) => user.name === name) ?? people()[0];
/** The channel in Slack where the story happens. */
export const room = () => (channels().find((one) => one.name === "platform") ?? channels()[0]).id;

/** Look through somebody's eyes, in a Slack channel if one is named. */
export async function as(name, place = "") {
  const id = byName(name).id;
  if (place) show("slack");
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

/** Where Maya's digest comes, in Slack. */
export async function mayasMessages() {
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

/** Press "Next change" until the app has written something on the screen (in the last half hour before `minute`). */
export async function arrival(minute = 0) {
  const newest = () => [data.messages.at(-1), data.posts.at(-1)];
  const before = newest().map((one) => one?.ts ?? one?.id);
  const { tz } = byName("maya");
  for (let tries = 0; tries < 40; tries += 1) {
    const fresh = newest().filter((one, index) => one && (one.ts ?? one.id) !== before[index]);
    if (fresh.some((one) => minuteIn(tz, instant(one.at)) >= minute - 30)) return;
    const answer = await nextChange();
    if (!answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500)); // the app needs a moment to do what is due
    await refresh();
  }
}

/** Press the button of a message in the open channel by its label. */
export async function pressed(message, label) {
  for (const block of message?.blocks ?? [])
    for (const item of block.elements ?? [])
      if (item.type === "button" && item.text.text === label) {
        const where = { channel: ui.place, ts: message.ts, block_id: block.block_id };
        return perform("press", { ...where, action_id: item.action_id, value: item.value, state: {} });
      }
  return { ok: false };
}

/** Whether the last ping was delivered at once. */
export function wentAtOnce() {
  return data.insight?.decision?.verdict === "deliver";
}

let awaited = ""; // when what waits for Maya goes out

/** Tick off what was done by hand. */
export function watchSlack(mark, done) {
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
