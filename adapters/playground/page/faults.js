// "When things go wrong": what Slack or Teams may do to an app, switched on for the calls that follow.

import { h } from "./dom.js";
import { read, write } from "./api.js";
import { withTeams } from "./clients.js";
import { redraw, toast } from "./store.js";

const SERVICES = [
  { name: "Slack", path: "faults", post: "chat.postMessage" },
  { name: "Teams", path: "teams/faults", post: "activities.send" },
];

// Without a `method` every call is hit. The first service's buttons go without its name, as long as it is alone.
function kinds({ name, post }) {
  const of = withTeams() ? `${name}: ` : "";
  return [
    {
      label: `${of}${of ? "answers" : "Answers"} get lost`,
      note: "stored, but the connection drops; 3 times",
      fault: { kind: "drop", method: post, times: 3 },
    },
    {
      label: `${of}${of ? "too" : "Too"} many requests`,
      note: "429 with Retry-After 5; 3 times",
      fault: { kind: "rate_limited", times: 3, seconds: 5 },
    },
    { label: `${name} is down`, note: "503 until all is well again", fault: { kind: "server_error" } },
    {
      label: `${of}${of ? "slow" : "Slow"} answers`,
      note: "each takes 4 seconds",
      fault: { kind: "slow_answer", seconds: 4 },
    },
  ];
}

const known = new Map(); // path → what that service says of its faults

/** The section that switches faults on and off. */
export function faults() {
  const services = withTeams() ? SERVICES : SERVICES.slice(0, 1);
  const all = services.map(({ path }) => known.get(path) ?? {});
  const on = all.flatMap((one) => one.faults ?? []).filter((one) => one.left !== 0).length;
  const struck = all.reduce((sum, one) => sum + (one.struck ?? 0), 0);
  const well = struck ? `All well again; ${struck} calls were hit` : "All well";
  const state = on ? `${on} switched on, ${struck} calls hit so far` : well;
  const everywhere = (body) => services.map((service) => change(service, body));
  return h(
    "section",
    { key: "faults", class: "panel-part" },
    h(
      "details",
      { key: "details", on: { toggle: (event) => event.currentTarget.open && services.map(look) } },
      h("summary", null, "When things go wrong"),
      h(
        "p",
        { class: "soft small" },
        "Nothing may be lost and nothing sent twice, whatever the services do.",
      ),
      h(
        "ul",
        { class: "faults" },
        services.flatMap((service) => kinds(service).map((one) => entry(one, service))),
      ),
      h(
        "p",
        { class: "faults-state" },
        h("span", null, state),
        h(
          "button",
          { type: "button", class: "text-button", on: { click: () => everywhere({ clear: true }) } },
          "All well again",
        ),
      ),
    ),
  );
}

function entry({ label, note, fault }, service) {
  const strike = () => change(service, { add: [fault] });
  return h(
    "li",
    { key: label },
    h("button", { type: "button", class: "button", on: { click: strike } }, label),
    h("span", { class: "soft small" }, note),
  );
}

async function look({ path }) {
  known.set(path, await read(path).catch(() => ({})));
  redraw();
}

async function change({ path }, body) {
  try {
    known.set(path, await write(path, body));
    redraw();
  } catch (error) {
    toast(error.message);
  }
}
