// What the page knows: the last answers of the workspace and what is open on the screen.

import { act, read } from "./api.js";
import { setClock } from "./clock.js";

export const data = { state: null, messages: [], messagesOf: "", insight: null };
const FIRST = "U0MAYA";
export const ui = {
  as: FIRST,
  place: "",
  thread: null,
  highlight: "",
  sidebar: false,
  panel: false,
  linked: true,
};
export const HOME = "home";

const watchers = [];
const drafts = new Map();

/** Call `draw()` whenever something to show has changed. */
export function onDraw(draw) {
  watchers.push(draw);
}

let drawing = false;

/** Ask for a redraw; several asked for at once are one. */
export function redraw() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    watchers.forEach((draw) => draw());
  });
}

let loading = false;
let again = false;

/** Fetch everything that is on the screen; calls during a fetch lead to one more. */
export async function refresh() {
  again = true;
  if (loading) return;
  loading = true;
  try {
    while (again) {
      again = false;
      await load();
    }
  } catch (error) {
    toast(error.message);
    if (!data.state) ui.as = FIRST; // the address may have named somebody who is not here
  } finally {
    loading = false;
  }
}

async function load() {
  const { as } = ui;
  const state = await read("state", { as });
  if (as === ui.as) ui.place = placeIn(state);
  const { place } = ui;
  const [messages, insight] = await Promise.all([
    place === HOME ? { messages: [] } : read("messages", { as, channel: place }),
    read("insight", { person: as }).catch(() => null),
  ]);
  if (as !== ui.as || place !== ui.place) {
    again = true;
    return;
  }
  setClock(state.now, state.speed);
  Object.assign(data, {
    state,
    messages: messages.messages ?? [],
    messagesOf: `${as} ${place}`,
    insight: insight?.ribbon || insight?.ribbons ? insight : null,
  });
  redraw();
}

// Where to be: the open place, or for somebody who is not in it their own talk with the app, or #platform.
function placeIn(state) {
  const inIt = (id) => state.channels.some((one) => one.id === id);
  if (ui.place === HOME || inIt(ui.place)) return ui.place;
  const wasApp = channel(ui.place)?.members.includes(state.bot);
  const app = state.channels.find((one) => one.kind === "im" && one.members.includes(state.bot));
  const room = state.channels.find((one) => one.name === "platform") ?? state.channels[0];
  return wasApp && app ? app.id : room.id;
}

/** Do something as the viewer; failures are shown, the answer is returned. */
export async function perform(what, details = {}, as = ui.as) {
  try {
    const answer = await act(as, what, details);
    if (!answer.ok && answer.error) toast(sentence(answer.error));
    return answer;
  } catch (error) {
    toast(error.message);
    return { ok: false, error: error.message };
  } finally {
    await refresh();
  }
}

const SENTENCES = {
  operation_timeout: "Boundary Bot did not answer within three seconds. Try it again.",
  nothing_changes: "Nothing changes any more: nobody has a boundary ahead.",
  clock_is_real: "This workspace runs on the real clock, which cannot be moved.",
  dispatch_failed: "Boundary Bot cannot be reached. See the terminal in which it runs.",
  invalid_command: "There is no such command. Type / to see those there are.",
  not_in_channel: "This person is not in that channel.",
};

function sentence(error) {
  return SENTENCES[error] ?? error.replaceAll("_", " ");
}

let fading = 0;

/** Show a short alert. */
export function toast(words) {
  const box = document.getElementById("toast");
  box.textContent = words;
  box.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => box.classList.remove("shown"), 7000);
}

// People and places

const SLACKBOT = { id: "USLACKBOT", name: "slackbot", real_name: "Slackbot" };

/** The humans, in the workspace's order. */
export function people() {
  return (data.state?.users ?? []).filter((user) => !user.is_bot && user.id !== SLACKBOT.id);
}

/** Anybody by id; whoever is no human here is the bot. */
export function person(id) {
  const known = (data.state?.users ?? []).find((user) => user.id === id);
  return known ?? (id === SLACKBOT.id ? SLACKBOT : { id, name: id, real_name: id });
}

/** Whether an id is the app's or Slackbot's rather than a human's. */
export function isBot(id) {
  return id === SLACKBOT.id || id === data.state?.bot || person(id).is_bot === true;
}

export function me() {
  return person(ui.as);
}

/** What a person is called in running text. */
export function firstName(user) {
  return (user.real_name || user.name).split(" ")[0];
}

export function channels() {
  return data.state?.channels ?? [];
}

export function channel(id) {
  return channels().find((one) => one.id === id) ?? null;
}

/** The other one in a direct message. */
export function partner(one) {
  return person(one.members.find((id) => id !== ui.as) ?? ui.as);
}

/** The viewer's conversation with the app, if there is one yet. */
export function botChannel() {
  return channels().find((one) => one.kind === "im" && one.members.includes(data.state.bot)) ?? null;
}

/** What markup needs to know about names. */
export const names = {
  person: (id) => ((data.state?.users ?? []).some((user) => user.id === id) ? person(id) : null),
  channel,
  people,
  places: () => channels().filter((one) => one.kind !== "im"),
  get me() {
    return ui.as;
  },
  get zone() {
    return me().tz ?? "UTC";
  },
};

// Moving about

/** Look at the workspace as somebody; stays in the same channel when they are in it. */
export function viewAs(id, place = ui.place) {
  Object.assign(ui, { as: id, place, thread: null, highlight: "" });
  return arrive();
}

/** Open a channel, a direct message or HOME. */
export function open(place, highlight = "") {
  Object.assign(ui, { place, highlight, thread: null, sidebar: false });
  return arrive();
}

/** Be where `ui` says: the app is told when its Home is looked at, for it draws Home only then. */
export function arrive() {
  remember();
  return ui.place === HOME ? perform("open_home") : refresh();
}

function remember() {
  if (ui.place) history.replaceState(null, "", `#${ui.place}?as=${ui.as}`);
}

/** What was half typed in a place. */
export function draft(text) {
  const key = `${ui.as} ${ui.place}`;
  if (text !== undefined) drafts.set(key, text);
  return drafts.get(key) ?? "";
}

/** A small thing to keep on this machine; does without when storage is off. */
export function keep(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
