// What the page knows of the Teams tenant: fetched together with everything else, and done as the viewer's account there.

import { read, write } from "./api.js";
import { show } from "./clients.js";
import { data, firstName, me, onLoad, refresh, remember, toast, ui } from "./store.js";

/** The place in the list for somebody who has not added the app yet. */
export const APP = "app";

/** The viewer's account in Teams, or null. */
export function account() {
  return me().teams ?? null;
}

/** Start fetching with the rest. */
export function alsoTeams() {
  onLoad(loadTeams);
}

// Somebody who is not on Teams sees nothing of it, but the page still asks who is there.
async function loadTeams(state, as) {
  const own = as.includes(":") ? as : (state.users.find((user) => user.id === as)?.teams ?? null);
  const asked = own ?? state.users.find((user) => user.teams)?.teams;
  if (!asked) return () => Object.assign(data, { teams: null });
  const teams = await read("teams/state", { as: asked });
  if (own && as === ui.as) ui.chat = chatIn(teams);
  const { chat } = ui;
  const seen = own && chat && chat !== APP;
  const { messages } = seen
    ? await read("teams/messages", { as: own, conversation: chat })
    : { messages: [] };
  return () => {
    if (!own) Object.assign(teams, { conversations: [], dialog: null });
    Object.assign(data, { teams, posts: messages ?? [], postsOf: `${as} ${chat}` });
  };
}

// Where to be: the open conversation, else the channel everybody is in; an app that was just added opens its chat.
function chatIn(teams) {
  const all = teams.conversations;
  const own = all.find((one) => one.kind === "personal" && one.with_bot);
  if (ui.chat === APP || ui.chat.startsWith("a:")) return own && teams.installed ? own.id : APP;
  if (all.some((one) => one.id === ui.chat)) return ui.chat;
  return (all.find((one) => one.kind === "channel") ?? all[0])?.id ?? APP;
}

/** Do something in Teams as the viewer; failures and answers without a card are shown as an alert. */
export async function performTeams(what, details = {}, as = account()) {
  try {
    const answer = await write("teams/act", { as, what, details });
    if (!answer.ok && !answer.errors) toast(sentence(answer.error));
    else if (answer.toast) toast(answer.toast);
    return answer;
  } catch (error) {
    toast(error.message);
    return { ok: false, error: error.message };
  } finally {
    await refresh();
  }
}

function sentence(error) {
  return String(error ?? "That did not work.").replaceAll("_", " ");
}

/** The people and the bot, by account or directory id. */
export function member(id) {
  const found = (data.teams?.users ?? []).find((user) => user.id === id || user.aad === id);
  return found ?? { id, name: id === data.teams?.bot ? "Boundary Bot" : id, is_bot: id === data.teams?.bot };
}

export function conversations() {
  return data.teams?.conversations ?? [];
}

export function conversation(id = ui.chat) {
  return conversations().find((one) => one.id === id) ?? null;
}

/** The viewer's own chat with the app, if it was added. */
export function botChat() {
  return conversations().find((one) => one.kind === "personal" && one.with_bot) ?? null;
}

/** Open a conversation, or APP; `found` is a message to be shown. */
export function openChat(id, found = "") {
  Object.assign(ui, { chat: id, found, drawer: "", answering: null });
  remember();
  return refresh();
}

// Links to messages in Teams open in the page itself, wherever they stand; the real Teams knows nothing of them.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href*='/l/message/']");
  if (!link || !data.teams) return;
  event.preventDefault();
  if (!openLink(link.href))
    toast(`That message is in Teams, in a conversation that ${firstName(me())} is not in.`);
});

/** Whether `url` leads to a message of this tenant; if it does, it is open now. */
export function openLink(url) {
  const [, chat, id] = /\/l\/message\/([^/?#]+)\/([^/?#]+)/.exec(url) ?? [];
  const wanted = chat && decodeURIComponent(chat).split(";")[0];
  if (!wanted || !conversation(wanted)) return false;
  show("teams");
  openChat(wanted, decodeURIComponent(id));
  return true;
}
