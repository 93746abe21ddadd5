// "The team": when its summary comes, and what one can try with its norms.

import { h } from "./dom.js";
import { instant, whenIn } from "./clock.js";
import { suggest } from "./composer.js";
import { show } from "./clients.js";
import { channels, data, me, open, perform, ui } from "./store.js";

const TRY = [
  { words: "/boundary team", what: "The norms, on one page" },
  { words: "/boundary team propose core mon-thu 13:00-15:00", what: "A change, put to the vote" },
  { words: "/boundary team focus", what: "The shared focus: with you or without" },
  { words: "/boundary team summary", what: "The last weekly summary, now" },
];

/** The section about the viewer's team; null for somebody without one. */
export function theTeam() {
  const team = data.insight?.team;
  if (!team) return null;
  const at = team.summary_at ? instant(team.summary_at) : null;
  return h(
    "section",
    { key: "team", class: "panel-part", "aria-labelledby": "team-title" },
    h("h2", { id: "team-title" }, `The team ${team.name}`),
    at
      ? h(
          "p",
          { class: "team-next" },
          h("span", null, `Next summary: ${whenIn(me().tz, at)}`),
          h(
            "button",
            { type: "button", class: "text-button", key: "go", on: { click: nextSummary } },
            "Go there",
          ),
        )
      : h("p", { class: "soft" }, "No weekly summary is agreed."),
    h("p", { class: "soft small" }, "To try in #platform, or in the chat Platform core in Teams:"),
    h("ul", { class: "team-try" }, TRY.map(attempt)),
  );
}

function attempt({ words, what }) {
  const put = async () => {
    await inTheChannel();
    suggest(words);
  };
  return h(
    "li",
    { key: words },
    h("button", { type: "button", class: "text-button", on: { click: put } }, what),
    h("code", null, words),
  );
}

/** Open the team's channel in Slack. */
export async function inTheChannel() {
  ui.drawer = "";
  const place = channels().find((one) => one.name === "platform");
  show("slack");
  if (place && ui.place !== place.id) await open(place.id);
}

/** Move the clock to the next summary; whether there is one. */
export async function nextSummary() {
  const at = data.insight?.team?.summary_at;
  if (!at) return { ok: false };
  await inTheChannel();
  return perform("clock", { jump: at });
}
