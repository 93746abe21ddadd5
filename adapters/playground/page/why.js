// "Why?": the last decision that touches the viewer, with every rule that was looked at; then what waits, and the norms.

import { h } from "./dom.js";
import { instant, whenIn } from "./clock.js";
import { called } from "./day.js";
import { data, firstName, me, humans, ui, viewAs } from "./store.js";

/** The section that explains the last decision. */
export function why() {
  const decision = data.insight?.decision;
  return h(
    "section",
    { key: "why", class: "panel-part", "aria-labelledby": "why-title" },
    h("h2", { id: "why-title" }, "Why?"),
    decision
      ? explained(decision)
      : h(
          "p",
          { class: "soft" },
          "Nothing was decided yet. Mention somebody who is in focus, and every rule that was looked at appears here.",
        ),
  );
}

function explained(decision) {
  const zone = me().tz;
  const held = decision.verdict === "hold";
  const facts = [
    ["Reason", reason(decision.reason)],
    held && decision.release_at && ["Goes out", whenIn(zone, instant(decision.release_at))],
    decision.reply_by && ["Reply by", whenIn(zone, instant(decision.reply_by))],
  ].filter(Boolean);
  return h(
    "div",
    { class: "decision", key: decision.at },
    h(
      "p",
      { class: "decision-head" },
      h("span", { class: `verdict ${held ? "held" : "through"}` }, held ? "Held" : "Delivered"),
      h("span", null, `${called(decision.sender)} → ${called(decision.recipient)}`),
      h("time", null, whenIn(zone, instant(decision.at))),
    ),
    h(
      "dl",
      { class: "facts" },
      facts.map(([name, value]) => h("div", { key: name }, h("dt", null, name), h("dd", null, value))),
    ),
    trace(decision),
  );
}

// The reasons name the recipient's norms, and a norm's name is private: only the recipient reads them.
function trace(decision) {
  const steps = decision.trace ?? [];
  const own = [ui.as, me().teams, me().name, data.insight?.person?.id].includes(decision.recipient);
  const decisive = steps.findLast((one) => one.applied);
  const recipient = humans().find((user) => [user.id, user.teams, user.name].includes(decision.recipient));
  const list = h(
    "ol",
    { class: "trace", key: "trace", "aria-label": "Rules in the order they were looked at" },
    steps.map((one) => step(one, one === decisive, own, decision)),
  );
  if (own || !recipient) return list;
  const look = h(
    "button",
    { type: "button", class: "text-button", on: { click: () => viewAs(recipient.id) } },
    `View as ${firstName(recipient)}`,
  );
  return [
    list,
    h(
      "p",
      { class: "soft small", key: "private" },
      `The reasons name ${firstName(recipient)}’s norms, which are private. `,
      look,
    ),
  ];
}

function step(one, decisive, own, decision) {
  return h(
    "li",
    { class: decisive ? "decisive" : one.applied ? "applied" : "passed", key: one.rule },
    h(
      "span",
      { class: "rule" },
      reason(one.rule),
      decisive
        ? h("span", { class: "rule-tag" }, "decided")
        : h("span", { class: "visually-hidden" }, one.applied ? " (applied)" : " (passed over)"),
    ),
    own && h("span", { class: "because" }, named(one.because, decision)),
  );
}

// A sender without a name of their own in the norms file stands in the reasons by an id.
function named(because, decision) {
  const id = /(?:slack|teams):[^\s/]+\/\S+|\bp_[0-9a-f]+/g;
  return String(because ?? "").replaceAll(id, () => called(decision.sender));
}

function reason(name) {
  const words = String(name ?? "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The section with what waits and which norms hold for the viewer. */
export function normsAndWaiting() {
  if (!data.insight) return null;
  const { waiting, norms = [], person } = data.insight;
  const name = firstName(me());
  return h(
    "section",
    { key: "norms", class: "panel-part", "aria-labelledby": "norms-title" },
    h(
      "h2",
      { id: "norms-title" },
      `${name}’s norms`,
      waiting &&
        h(
          "span",
          { class: `waiting${waiting.total ? " some" : ""}` },
          `${waiting.total} waiting, ${waiting.urgent} urgent`,
        ),
    ),
    h("p", { class: "soft small" }, [person?.style, person?.zone].filter(Boolean).join(" · ")),
    norms.length
      ? h("ul", { class: "norms" }, norms.map(norm))
      : h(
          "p",
          { class: "soft" },
          "None yet. Try ",
          h("code", null, "/quiet daily 18:00-19:30 family dinner"),
          ".",
        ),
  );
}

function norm(one) {
  return h(
    "li",
    { key: `${one.kind} ${one.name}` },
    h(
      "span",
      { class: "norm-name" },
      one.name || reason(one.kind),
      one.name && one.kind !== one.name && h("span", { class: "norm-kind" }, one.kind),
    ),
    h("span", { class: "norm-when" }, one.when),
    one.passes &&
      h(
        "span",
        { class: "soft small" },
        `Lets through: ${Array.isArray(one.passes) ? one.passes.join(", ") : one.passes}`,
      ),
  );
}
