// Actions of a card: buttons, the overflow menu of secondary ones, cards shown by a button, parts shown and hidden.

import { announce, find, h } from "./dom.js";
import { cardBody } from "./cards.js";
import { entered, faulty } from "./cardinputs.js";
import { menuButton } from "./menu.js";
import { redraw } from "./store.js";

const MOST = 6; // Teams shows six buttons in a row; the rest goes into the menu

/** All actions of a card in the order of the document: an action is told to the app by its place in it. */
export function actionsOf(card) {
  return [...(card.body ?? []).flatMap(within), ...withChildren(card.actions)];
}

function within(item) {
  if (!item || typeof item !== "object") return [];
  const parts = [
    ...(item.items ?? []),
    ...(item.columns ?? []),
    ...(item.rows ?? []),
    ...(item.cells ?? []),
    ...(item.images ?? []),
  ];
  const runs = (item.inlines ?? []).flatMap((one) => (one.selectAction ? [one.selectAction] : []));
  return [
    ...(item.selectAction ? [item.selectAction] : []),
    ...runs,
    ...withChildren(item.type === "ActionSet" ? item.actions : []),
    ...parts.flatMap(within),
  ];
}

function withChildren(actions) {
  return (actions ?? []).flatMap((one) => [
    one,
    ...(one.type === "Action.ShowCard" ? actionsOf(one.card ?? {}) : []),
  ]);
}

/** A row of buttons and, below it, the card that one of them shows; null without any. */
export function actionRow(actions, c) {
  const known = (actions ?? []).map((one) => usable(one)).filter(Boolean);
  if (!known.length) return null;
  const secondary = (one, index) => one.mode === "secondary" || index >= MOST;
  const shown = known.filter((one, index) => !secondary(one, index));
  const more = known.filter(secondary);
  const open = known.find((one) => one.type === "Action.ShowCard" && c.memory.shown === c.order.indexOf(one));
  return h(
    "div",
    { class: "ac-actions", key: "actions" },
    h(
      "div",
      { class: "ac-row" },
      shown.map((one) => button(one, c)),
      more.length
        ? menuButton(
            "More actions of this card",
            more.map((one) => ({ label: one.title || "…", run: () => run(one, c) })),
            "more",
          )
        : null,
    ),
    open
      ? h("div", { class: "ac-show", key: "show" }, cardBody(open.card ?? {}, { ...c, depth: c.depth + 1 }))
      : null,
  );
}

const KNOWN = [
  "Action.Execute",
  "Action.Submit",
  "Action.OpenUrl",
  "Action.ShowCard",
  "Action.ToggleVisibility",
];

function usable(action) {
  if (KNOWN.includes(action?.type)) return action;
  return action?.fallback && action.fallback !== "drop" ? usable(action.fallback) : null;
}

function button(action, c) {
  const place = c.order.indexOf(action);
  const common = { class: "button", key: `action-${place}`, title: action.tooltip ?? null };
  const words = action.title || "…";
  if (action.type === "Action.OpenUrl") return address(action, words, common);
  const opens = action.type === "Action.ShowCard";
  return h(
    "button",
    {
      ...common,
      type: "button",
      disabled: action.isEnabled === false,
      "aria-expanded": opens ? String(c.memory.shown === place) : null,
      on: { click: () => run(action, c) },
    },
    words,
    opens ? h("span", { class: "ac-chevron", "aria-hidden": "true" }, "▾") : null,
  );
}

// Links to messages of this tenant are caught by the page itself; others open beside it.
function address(action, words, common) {
  const safe = /^(https?:|mailto:|\/)/i.test(action.url ?? "");
  if (!safe) return h("button", { ...common, type: "button", disabled: true }, words);
  return h("a", { ...common, href: action.url, target: "_blank", rel: "noopener noreferrer" }, words);
}

function run(action, c) {
  if (action.type === "Action.OpenUrl")
    return c.open(action.url) || window.open(action.url, "_blank", "noopener");
  if (action.type === "Action.ShowCard") {
    const place = c.order.indexOf(action);
    c.memory.shown = c.memory.shown === place ? null : place;
    return redraw();
  }
  if (action.type === "Action.ToggleVisibility") return toggle(action, c);
  return submit(action, c);
}

function toggle(action, c) {
  for (const target of action.targetElements ?? []) {
    const id = typeof target === "string" ? target : target.elementId;
    const node = find(`[data-card="${c.id}"] [data-id="${CSS.escape(id)}"]`);
    c.memory.visible.set(id, target.isVisible ?? Boolean(node?.hidden));
  }
  redraw();
}

async function submit(action, c) {
  const { memory } = c;
  if (memory.busy) return;
  const root = find(`[data-card="${c.id}"]`);
  const asks = action.associatedInputs?.toLowerCase() !== "none";
  const inside = (node) => c.depth > 0 || !node.closest(".ac-show");
  memory.errors = asks ? faulty(root, inside) : new Map();
  if (memory.errors.size) return complain(c);
  memory.busy = true;
  redraw();
  // What the action itself would be is found again by its place: an app's `fallback` has none of its own.
  const place = c.order.indexOf(action);
  try {
    const answer = await c.submit(place < 0 ? action.title : place, asks ? entered(root, inside) : {});
    memory.errors = new Map(Object.entries(answer?.errors ?? {}));
  } finally {
    memory.busy = false;
    redraw();
  }
  if (memory.errors.size) complain(c);
  else queueMicrotask(() => lookAgain(c.id));
}

// An app that found fault shows the card again, with a sentence in the colour of warnings below a field.
function lookAgain(id) {
  const sentences = [...document.querySelectorAll(`[data-card="${id}"] .ac-item:has(.ac-color-attention)`)];
  const asked = find(`[data-card="${id}"] [data-input]`);
  if (!sentences.length || !asked) return;
  announce(sentences.map((one) => one.textContent).join(" "));
  const before = sentences[0].previousElementSibling?.querySelector("[data-input]") ?? asked;
  before.querySelector("input, select, textarea")?.focus();
}

function complain(c) {
  redraw();
  announce([...c.memory.errors.values()].join(" "));
  queueMicrotask(() => find(`[data-card="${c.id}"] :is([aria-invalid=true], .ac-invalid input)`)?.focus());
}
