// The second chapter: one person, two platforms. Maya's boundary, set in Slack, holds in Teams; one digest for both.

import { speak } from "./composer.js";
import { show } from "./clients.js";
import { data, me, ui } from "./store.js";
import { arrival, as, byName, mayasMessages, room } from "./storysteps.js";
import { speakTeams } from "./teamscompose.js";
import { account, botChat, conversations, member, openChat } from "./teamsstore.js";

/** The steps, as in the first chapter. */
export const TEAMS_STEPS = [
  {
    id: "teams-focus",
    title: "Focus in both",
    text: "As Maya, type /focus 90m in Slack: Teams shows her as Do not disturb, with a message.",
    run: focus,
  },
  {
    id: "teams-ping",
    title: "Kenji writes",
    text: "As Kenji, mention @Maya in Teams, in General: only he is told when she sees it, with three choices.",
    run: ping,
  },
  {
    id: "teams-more",
    title: "Sam writes too",
    text: "As Sam, who is in Slack only, type /later @maya and something that can wait.",
    run: more,
  },
  {
    id: "teams-digest",
    title: "One digest",
    text: "Back to Maya: press Next change until her focus ends. One digest holds what came from both.",
    run: digest,
  },
];

function general() {
  return conversations().find((one) => one.kind === "channel");
}

function isFocused() {
  const maya = member(byName("maya").teams);
  return maya.presence?.availability === "DoNotDisturb" || /focus/i.test(maya.status_message?.text ?? "");
}

async function focus() {
  await as("maya", room());
  if (!isFocused()) await speak("/focus 90m deep work");
  show("teams");
}

async function ping() {
  await as("kenji");
  show("teams");
  await openChat(general().id);
  await speakTeams("@Maya Costa could you look at the payload before you leave?");
}

async function more() {
  await as("sam", room());
  await speak("/later @maya the draft is ready, whenever you are back");
}

async function digest() {
  await mayasMessages();
  if (botChat()) await openChat(botChat().id);
  await arrival();
}

let told = 0; // what stood in Maya's two talks with the app when she was last seen focused

/** Tick off what was done by hand. */
export function watchTeams(mark, done) {
  if (isFocused()) mark("teams-focus");
  const maya = byName("maya").teams;
  const pinged = (one) => one.from === account() && one.mentions?.some(({ id }) => id === maya);
  if (me().name === "kenji" && data.posts.some(pinged)) mark("teams-ping");
  const { sender = "" } = data.insight?.decision ?? {};
  if (done.has("teams-ping") && ["sam", byName("sam").id].includes(sender)) mark("teams-more");
  if (!done.has("teams-ping") || me().name !== "maya") return;
  if (isFocused()) told = Date.parse(data.state.now);
  const landed = [...data.messages, ...data.posts].filter((one) => one.bot && Date.parse(one.at) > told);
  if (told && !isFocused() && landed.length && ui.as === byName("maya").id) mark("teams-digest");
}
