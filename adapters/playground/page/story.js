// The story: chapters of steps that can be done by hand or, button by button, by the page.

import { find, h, update } from "./dom.js";
import { withTeams } from "./clients.js";
import { data, keep, redraw } from "./store.js";
import { STEPS, watchSlack, wentAtOnce } from "./storysteps.js";
import { CREW_STEPS, watchCrew } from "./storycrew.js";
import { TEAMS_STEPS, watchTeams } from "./storyteams.js";

const done = new Set();
let began = ""; // which playground the ticks are of
let chosen = ""; // a step looked at out of turn
let doing = false; // the page does a step right now
let hidden = keep("story") === "closed";

const CHAPTERS = [
  { title: "Two minutes, five steps", short: "In Slack", steps: STEPS },
  { title: "The same people on Teams, four steps", short: "On Teams", steps: TEAMS_STEPS },
  { title: "Norms that the team agreed, four steps", short: "The team", steps: CREW_STEPS },
];
const OVER =
  "That is the whole idea. Go on as anybody: “help” shows everything one can say (in Slack /boundary help).";
let chapter = CHAPTERS[0];

/** What was ticked before a reload, unless the playground began anew since. */
function remember() {
  if (began === data.state.began) return;
  began = data.state.began;
  const [of, ...ids] = (keep("steps") ?? "").split(" ");
  done.clear();
  if (of === began) ids.forEach((id) => done.add(id));
}

function tick(id) {
  if (done.has(id)) return;
  done.add(id);
  keep("steps", [began, ...done].join(" "));
}

/** Draw the strip (or nothing once it was put away). */
export function drawStory() {
  if (!data.state) return;
  remember();
  const place = find("#story");
  if (hidden) return update(place);
  const { steps } = chapter;
  const step =
    steps.find((one) => one.id === chosen) ?? steps.find((one) => !done.has(one.id)) ?? steps.at(-1);
  const over = !chosen && steps.every((one) => done.has(one.id));
  update(
    place,
    h(
      "section",
      { class: "story", "aria-labelledby": "story-title" },
      h(
        "div",
        { class: "story-head" },
        h("h2", { id: "story-title" }, chapter.title),
        withTeams() ? chapters() : null,
        h("button", { type: "button", class: "text-button", on: { click: close } }, "Hide the steps"),
      ),
      h(
        "ol",
        { class: "steps" },
        steps.map((one, index) => entry(one, index, one === step)),
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

function chapters() {
  const one = (each) => {
    const turn = () => {
      chapter = each;
      chosen = "";
      redraw();
    };
    return h(
      "button",
      {
        type: "button",
        class: "chapter",
        key: each.short,
        "aria-pressed": String(each === chapter),
        on: { click: turn },
      },
      each.short,
    );
  };
  return h(
    "div",
    { class: "chapters", role: "group", "aria-label": "Chapters", key: "chapters" },
    CHAPTERS.map(one),
  );
}

function doIt(step) {
  const label = `Do it for me: ${step.title}`;
  // not "disabled": whoever pressed it by keyboard keeps their place
  const busy = doing ? "true" : null;
  const attributes = { type: "button", class: "button", key: "do", "aria-label": label, "aria-disabled": busy };
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
  if (doing) return; // a second press would do it all once more
  doing = true;
  redraw();
  try {
    await step.run();
    tick(step.id);
    chosen = "";
  } finally {
    doing = false;
    redraw();
  }
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

/** Tick off what was done by hand. */
export function watchStory() {
  if (!data.state) return;
  remember();
  watchSlack(tick, done);
  if (withTeams()) watchTeams(tick, done);
  watchCrew(tick, done);
}
