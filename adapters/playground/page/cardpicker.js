// Choosing by typing: people of the tenant (choices.data) or a long list of choices, one or several.

import { h } from "./dom.js";
import { data, redraw } from "./store.js";
import { face } from "./presence.js";

const MOST = 6;

/** A combobox; what is chosen stands above it as chips, and in `data-values` joined by commas. */
export function picker(item, attributes, c, id) {
  const options = optionsOf(item);
  const state = stateOf(item, c);
  const many = Boolean(item.isMultiSelect);
  const chosen = state.values.map(
    (value) => options.find((one) => one.value === value) ?? { value, title: value },
  );
  const found = state.open ? matching(options, state) : [];
  const act = { item, state, many, found, id };
  return h(
    "div",
    { class: "ac-picker", "data-values": state.values.join(",") },
    chosen.length
      ? h(
          "ul",
          { class: "ac-chips", "aria-label": "Chosen" },
          chosen.map((one) => chip(one, act)),
        )
      : null,
    h("input", {
      ...attributes,
      type: "text",
      role: "combobox",
      autocomplete: "off",
      class: many || !chosen.length ? null : "ac-chosen",
      placeholder: chosen.length && !many ? "Choose another…" : (item.placeholder ?? "Type a name…"),
      "aria-autocomplete": "list",
      "aria-expanded": String(found.length > 0),
      "aria-controls": found.length ? `${id}-list` : null,
      "aria-activedescendant": found.length ? `${id}-option-${state.active}` : null,
      on: {
        click: (event) => look(event.target, act),
        input: (event) => look(event.target, act),
        keydown: (event) => key(event, act),
        blur: () => close(act),
      },
    }),
    found.length
      ? h(
          "div",
          { id: `${id}-list`, role: "listbox", class: "ac-options", "aria-label": "People and choices" },
          found.map((one, index) => option(one, index, act)),
        )
      : null,
  );
}

// The picker's people come from the directory: their values are directory ids, not accounts of the chat.
function optionsOf(item) {
  const source = item["choices.data"] ?? item.choicesData;
  const fixed = (item.choices ?? []).map((one) => ({ value: one.value, title: one.title }));
  if (!/graph\.microsoft\.com\/users/.test(source?.dataset ?? "")) return fixed;
  const people = (data.teams?.users ?? []).filter((user) => !user.is_bot && user.aad);
  const known = people.map((user) => ({ value: user.aad, title: user.name, user }));
  return [...known, ...fixed.filter((one) => !known.some((each) => each.value === one.value))];
}

function stateOf(item, c) {
  const { picked } = c.memory;
  if (!picked.has(item.id)) {
    const values = String(item.value ?? "")
      .split(",")
      .filter(Boolean);
    picked.set(item.id, {
      values: item.isMultiSelect ? values : values.slice(0, 1),
      query: "",
      open: false,
      active: 0,
    });
  }
  return picked.get(item.id);
}

function matching(options, state) {
  const wanted = state.query.toLowerCase();
  return options
    .filter((one) => !state.values.includes(one.value) && one.title.toLowerCase().includes(wanted))
    .slice(0, MOST);
}

function chip(one, act) {
  const drop = () => {
    act.state.values = act.state.values.filter((value) => value !== one.value);
    redraw();
  };
  return h(
    "li",
    { class: "ac-chip", key: one.value },
    one.user ? face(one.user, "tiny") : null,
    h("span", null, one.title),
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": `Remove ${one.title}`, on: { click: drop } },
      h("span", { "aria-hidden": "true" }, "✕"),
    ),
  );
}

function option(one, index, act) {
  const pick = (event) => {
    event.preventDefault();
    choose(index, act, event.currentTarget.closest(".ac-picker").querySelector("input"));
  };
  return h(
    "div",
    {
      role: "option",
      id: `${act.id}-option-${index}`,
      class: "offer",
      key: one.value,
      "aria-selected": String(index === act.state.active),
      on: { pointerdown: pick },
    },
    one.user ? face(one.user, "tiny") : null,
    h("span", { class: "offer-label" }, one.title),
    one.user?.guest ? h("span", { class: "offer-note" }, "Guest") : null,
  );
}

function look(field, act) {
  Object.assign(act.state, { query: field.value, open: true, active: 0 });
  redraw();
}

function close(act) {
  act.state.open = false;
  redraw();
}

function key(event, act) {
  const { state, found } = act;
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (move && found.length) {
    state.active = (state.active + move + found.length) % found.length;
    redraw();
  } else if (event.key === "ArrowDown") look(event.target, act);
  else if (event.key === "Enter" && found[state.active]) choose(state.active, act, event.target);
  else if (event.key === "Escape" && found.length) close(act);
  else if (event.key === "Backspace" && !event.target.value && state.values.length) {
    state.values = state.values.slice(0, -1);
    redraw();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function choose(index, act, field) {
  const { state, many, found } = act;
  const { value } = found[index];
  state.values = many ? [...state.values, value] : [value];
  Object.assign(state, { query: "", open: false, active: 0 });
  field.value = "";
  redraw();
}
