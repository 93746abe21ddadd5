// The third chapter: a team states its norms, votes on a change, and looks at its week on Monday.

import { speak } from "./composer.js";
import { data } from "./store.js";
import { arrival, as, mayasMessages, pressed, room } from "./storysteps.js";
import { nextSummary } from "./teampanel.js";

/** The steps, as in the first chapter. */
export const CREW_STEPS = [
  {
    id: "crew-change",
    title: "Maya proposes",
    text: "As Maya, type /boundary team propose core mon-thu 13:00-15:00 in #platform. /boundary team shows all norms.",
    run: change,
  },
  {
    id: "crew-vote",
    title: "The team votes",
    text: "As Sam, Ana and Lee, press Yes below the proposal. Only counts are shown; it tells what it came to.",
    run: vote,
  },
  {
    id: "crew-close",
    title: "Close the day",
    text: "As Maya, mention @lee, who sleeps. Then Next change to the end of her hours: Write and close keeps her words.",
    run: close,
  },
  {
    id: "crew-summary",
    title: "Monday morning",
    text: "Go to the next summary (also under “The team”): five lines and one picture, without a name.",
    run: summary,
  },
];

const PROPOSAL = /^Proposal \d/;

async function change() {
  await as("maya", room());
  await speak("/boundary team propose core mon-thu 13:00-15:00");
}

async function vote() {
  for (const name of ["sam", "ana", "lee"]) {
    await as(name, room());
    await pressed(ballots().at(-1), "Yes");
  }
}

async function close() {
  await as("maya", room());
  await speak("@lee the draft is ready, whenever you are up");
  await mayasMessages();
  await arrival(data.insight?.ribbon?.parts?.findLast((part) => part.mode === "available")?.end);
}

async function summary() {
  await as("maya", room());
  await nextSummary();
}

function said(one) {
  return JSON.stringify(one.blocks ?? []);
}

function ballots() {
  return data.messages.filter((one) => one.bot && !one.ephemeral && /"vote_yes/.test(said(one)));
}

/** Tick off what was done by hand. */
export function watchCrew(mark, done) {
  const posted = data.messages.filter((one) => one.bot && !one.ephemeral);
  if (posted.some((one) => PROPOSAL.test(one.text ?? ""))) mark("crew-change");
  if (done.has("crew-change") && posted.some((one) => /accepted/.test(one.text ?? ""))) mark("crew-vote");
  if ([...posted, ...data.posts].some((one) => /Done for today\. You are off/.test(JSON.stringify(one))))
    mark("crew-close");
  if (posted.some((one) => /data_visualization|: week \d/.test(said(one)))) mark("crew-summary");
}
