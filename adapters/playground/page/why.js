// "Why?": the last decision that touches the viewer, with every rule that was looked at; then what waits, and the norms.

import { h } from "./dom.js";
import { instant, whenIn } from "./clock.js";
import { called } from "./day.js";
import { data, firstName, me } from "./store.js";

/** The section that explains the last decision. */
export function why() {
  const decision = data.insight?.decision;
  return h("section", { key: "why", class: "panel-part", "aria-labelledby": "why-title" },
    h("h2", { id: "why-title" }, "Why?"),
    decision ? explained(decision) : h("p", { class: "soft" }, "Nothing was decided yet. Mention somebody who is in focus, and every rule that was looked at appears here."));
}

function explained(decision) {
  const zone = me().tz;
  const held = decision.verdict === "hold";
  const facts = [
    ["Reason", reason(decision.reason)],
    held && decision.release_at && ["Goes out", whenIn(zone, instant(decision.release_at))],
    decision.reply_by && ["Reply by", whenIn(zone, instant(decision.reply_by))],
  ].filter(Boolean);
  return h("div", { class: "decision", key: decision.at },
    h("p", { class: "decision-head" }, h("span", { class: `verdict ${held ? "held" : "through"}` }, held ? "Held" : "Delivered"), h("span", null, `${called(decision.sender)} → ${called(decision.recipient)}`), h("time", null, whenIn(zone, instant(decision.at)))),
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", { key: name }, h("dt", null, name), h("dd", null, value)))),
    h("ol", { class: "trace", "aria-label": "Rules in the order they were looked at" }, (decision.trace ?? []).map(step)));
}

function step(one) {
  return h("li", { class: one.applied ? "applied" : "passed", key: one.rule },
    h("span", { class: "rule" }, reason(one.rule), one.applied && h("span", { class: "rule-tag" }, "decided")),
    h("span", { class: "because" }, one.because));
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
  return h("section", { key: "norms", class: "panel-part", "aria-labelledby": "norms-title" },
    h("h2", { id: "norms-title" }, `${name}’s norms`, waiting && h("span", { class: `waiting${waiting.total ? " some" : ""}` }, `${waiting.total} waiting, ${waiting.urgent} urgent`)),
    h("p", { class: "soft small" }, [person?.style, person?.zone].filter(Boolean).join(" · ")),
    norms.length ? h("ul", { class: "norms" }, norms.map(norm)) : h("p", { class: "soft" }, "None yet. Try ", h("code", null, "/quiet daily 18:00-19:30 family dinner"), "."));
}

function norm(one) {
  return h("li", { key: `${one.kind} ${one.name}` },
    h("span", { class: "norm-name" }, one.name || reason(one.kind), one.name && one.kind !== one.name && h("span", { class: "norm-kind" }, one.kind)),
    h("span", { class: "norm-when" }, one.when),
    one.passes && h("span", { class: "soft small" }, `Lets through: ${Array.isArray(one.passes) ? one.passes.join(", ") : one.passes}`));
}
