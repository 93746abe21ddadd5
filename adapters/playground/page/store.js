// What the page knows: the last answers of the workspace and what is open on the screen.

import { act, read } from "./api.js";
import { setClock } from "./clock.js";
import { toast } from "./toast.js";

export { toast };

const FIRST = "U0MAYA";
// `teams` and `posts` are the Teams client's; everything else is the workspace's as Slack shows it.
export const data = {
  state: null,
  messages: [],
  messagesOf: "",
  insight: null,
  teams: null,
  posts: [],
  postsOf: "",
};
// `as` is a Slack account, or a Teams account of somebody who is on Teams only; `chat` is the open Teams conversation.
export const ui = {
  as: FIRST,
  place: "",
  thread: null,
  highlight: "",
  show: "",
  chat: "",
  found: "",
  drawer: "",
  linked: true,
};
export const HOME = "home";

const watchers = [];
const loaders = [];
const drafts = new Map();

/** Call `draw()` whenever something to show has changed. */
export function onDraw(draw) {
  watchers.push(draw);
}

/** Call `load()` with each fetch; its answer puts what it found into `data`, unless the viewer has moved on. */
export function onLoad(load) {
  loaders.push(load);
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

let loading = null;
let again = false;

/** Fetch everything that is on the screen; calls during a fetch wait for one more, made after them. */
export function refresh() {
  again = true;
  loading ??= loadAll();
  return loading;
}

async function loadAll() {
  try {
    while (again) {
      again = false;
      await load();
    }
  } catch (error) {
    toast(error.message);
    if (!data.state) ui.as = FIRST; // the address may have named somebody who is not here
  } finally {
    loading = null;
  }
}

async function load() {
  const { as } = ui;
  const state = await read("state", { as: slackAccount(as) });
  const here = onSlack(as);
  if (as === ui.as && here) ui.place = placeIn(state);
  const { place, chat } = ui;
  const [messages, insight, ...found] = await Promise.all([
    place === HOME || !here ? { messages: [] } : read("messages", { as, channel: place }),
    read("insight", { person: as }).catch(() => null),
    ...loaders.map((one) => one(state, as)),
  ]);
  if (as !== ui.as || place !== ui.place || chat !== ui.chat) {
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
  for (const take of found) take();
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

// People and places

const SLACKBOT = { id: "USLACKBOT", name: "slackbot", real_name: "Slackbot" };

/** The humans in Slack, in the workspace's order. */
export function people() {
  return (data.state?.users ?? []).filter(
    (user) => !user.is_bot && user.id !== SLACKBOT.id && onSlack(user.id),
  );
}

/** Everybody one can view as: those in Slack, then those who are on Teams only. Each has `teams`, an account or null. */
export function humans() {
  const both = people();
  const only = (data.teams?.users ?? []).filter(
    (user) => !user.is_bot && !both.some((one) => one.teams === user.id),
  );
  return [...both, ...only.map((user) => ({ ...user, real_name: user.name, teams: user.id }))];
}

/** Whether an id is a Slack account; without one, whether the viewer is in Slack. Teams accounts are like "29:maya". */
export function onSlack(id = ui.as) {
  return !id.includes(":");
}

// The workspace's clock and people are fetched through somebody who is in it.
function slackAccount(as) {
  return onSlack(as) ? as : FIRST;
}

/** Anybody by id; whoever is no human here is the bot. */
export function person(id) {
  const known = (data.state?.users ?? []).find((user) => user.id === id);
  const other = known ?? (data.teams ? humans().find((user) => user.id === id) : null);
  return other ?? (id === SLACKBOT.id ? SLACKBOT : { id, name: id, real_name: id });
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
  Object.assign(ui, { as: id, place, thread: null, highlight: "", found: "" });
  return arrive();
}

/** Open a channel, a direct message or HOME. */
export function open(place, highlight = "") {
  Object.assign(ui, { place, highlight, thread: null, drawer: "" });
  return arrive();
}

/** Be where `ui` says: the app is told when its Home is looked at, for it draws Home only then. */
export function arrive() {
  remember();
  return ui.place === HOME ? perform("open_home") : refresh();
}

/** Keep in the address where one is, for a reload or a colleague. */
export function remember() {
  if (!ui.place && onSlack(ui.as)) return; // not there yet
  const rest = { as: ui.as, ...(ui.show && { show: ui.show }), ...(ui.chat && { chat: ui.chat }) };
  history.replaceState(null, "", `#${onSlack(ui.as) ? ui.place : ""}?${new URLSearchParams(rest)}`);
}

/** What was half typed in a place. */
export function draft(text, place = ui.place) {
  const key = `${ui.as} ${place}`;
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
