// The Teams client: its bar, the list of chats, channels and people, and what it shows to somebody without an account.

import { find, h, update } from "./dom.js";
import { absent, bar, isOn, showing, withTeams } from "./clients.js";
import { timeIn } from "./clock.js";
import { face, ownPresence, presenceWords, statusMessage } from "./presence.js";
import { entry as placeEntry, section, still } from "./sidelist.js";
import { data, ui } from "./store.js";
import { APP, account, botChat, conversations, openChat } from "./teamsstore.js";
import { drawTeamsComposer } from "./teamscompose.js";
import { drawTeamsDialog } from "./teamsdialog.js";
import { drawTeamsTalk } from "./teamstalk.js";

const LIST = { id: "teams-list", words: "Chats and channels" };

/** Draw everything of the Teams client. */
export function drawTeams() {
  if (!withTeams()) return;
  drawTeamsDialog();
  if (showing() === "slack") return;
  const here = isOn("teams");
  update(find("#teams-bar"), bar("teams", "Platform tenant", LIST, here ? ownPresence() : null));
  const list = find("#teams-list");
  list.hidden = !here;
  list.classList.toggle("open", ui.drawer === LIST.id);
  find("#teams-talk").classList.toggle("is-absent", !here);
  if (!here) {
    find("#teams-composer").hidden = true;
    update(find("#teams-head"));
    update(find("#teams-scroll"), absent("teams"));
    return;
  }
  update(list, entries());
  drawTeamsComposer(); // first: it takes room from the talk, whose end is to be seen
  drawTeamsTalk();
}

function entries() {
  const groups = conversations().filter((one) => one.kind === "groupChat");
  const others = conversations().filter((one) => one.kind === "personal" && !one.with_bot);
  return [
    section("Chat", [appEntry(), ...[...groups, ...others].map(chatEntry)]),
    teams().map(([team, channels]) => section(team, channels.map(chatEntry))),
    section("People", (data.teams.users ?? []).filter((user) => !user.is_bot).map(personEntry)),
  ];
}

function teams() {
  const byTeam = new Map();
  for (const one of conversations().filter((each) => each.kind === "channel"))
    byTeam.set(one.team || "Channels", [...(byTeam.get(one.team || "Channels") ?? []), one]);
  return [...byTeam];
}

function appEntry() {
  const bot = { id: data.teams.bot, name: "Boundary Bot", is_bot: true };
  const chat = botChat();
  const installed = chat && data.teams.installed;
  return entry({
    id: installed ? chat.id : APP,
    icon: face(bot, "tiny"),
    name: "Boundary Bot",
    more: h("span", { class: "side-status" }, installed ? "App" : "Not added yet"),
    unread: installed ? chat.unread : 0,
  });
}

function chatEntry(one) {
  return entry({
    id: one.id,
    icon: h(
      "span",
      { class: `room ${one.kind}`, "aria-hidden": "true" },
      one.kind === "channel" ? "#" : initials(one.name),
    ),
    name: one.name,
    unread: one.unread,
  });
}

function initials(name) {
  return (name || "?")
    .split(" ")
    .map((word) => word[0])
    .slice(0, 2)
    .join("")
    .toUpperCase();
}

function entry({ id, ...shown }) {
  return placeEntry({ ...shown, key: id, current: ui.chat === id, open: () => openChat(id) });
}

function personEntry(user) {
  const zone = user.tz || "UTC";
  const words = statusMessage(user) ?? presenceWords(user.presence);
  const name = [user.name, user.id === account() ? h("span", { class: "soft" }, " (you)") : null];
  const more = h(
    "span",
    { class: "side-status", title: words },
    user.guest ? "Guest · " : "",
    words,
    " · ",
    h("span", { "data-live": "time", "data-zone": zone }, timeIn(zone)),
  );
  return still({ key: user.id, icon: face(user, "tiny"), name, more });
}
