// "When things go wrong": what Slack may do to an app, switched on for the calls that follow.

import { h } from "./dom.js";
import { read, write } from "./api.js";
import { redraw, toast } from "./store.js";

const KINDS = [
  {
    label: "Answers get lost",
    note: "stored, but the connection drops; 3 times",
    fault: { kind: "drop", method: "chat.postMessage", times: 3 },
  },
  {
    label: "Too many requests",
    note: "429 with Retry-After 5; 3 times",
    fault: { kind: "rate_limited", times: 3, seconds: 5 },
  },
  { label: "Slack is down", note: "503 until all is well again", fault: { kind: "server_error" } },
  { label: "Slow answers", note: "each takes 4 seconds", fault: { kind: "slow_answer", seconds: 4 } },
];

let active = [];
let struck = 0;

/** The section that switches faults on and off. */
export function faults() {
  const on = active.filter((one) => one.left !== 0).length;
  const state = on
    ? `${on} switched on, ${struck} calls hit so far`
    : struck
      ? `All well again; ${struck} calls were hit`
      : "All well";
  return h(
    "section",
    { key: "faults", class: "panel-part" },
    h(
      "details",
      { key: "details", on: { toggle: (event) => event.currentTarget.open && look() } },
      h("summary", null, "When things go wrong"),
      h("p", { class: "soft small" }, "Nothing may be lost and nothing sent twice, whatever Slack does."),
      h(
        "ul",
        { class: "faults" },
        KINDS.map((one) =>
          h(
            "li",
            { key: one.label },
            h(
              "button",
              { type: "button", class: "button", on: { click: () => change({ add: [one.fault] }) } },
              one.label,
            ),
            h("span", { class: "soft small" }, one.note),
          ),
        ),
      ),
      h(
        "p",
        { class: "faults-state" },
        h("span", null, state),
        h(
          "button",
          { type: "button", class: "text-button", on: { click: () => change({ clear: true }) } },
          "All well again",
        ),
      ),
    ),
  );
}

async function look() {
  take(await read("faults").catch(() => ({})));
}

async function change(body) {
  try {
    take(await write("faults", body));
  } catch (error) {
    toast(error.message);
  }
}

function take(found) {
  active = found.faults ?? [];
  struck = found.struck ?? 0;
  redraw();
}
