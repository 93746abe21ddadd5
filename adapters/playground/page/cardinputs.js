// Inputs of a card: label, field and error belong together; what is required or out of bounds is said before it is sent.

import { h } from "./dom.js";
import { word } from "./cards.js";
import { picker } from "./cardpicker.js";

/** Any Input.* element. */
export function input(item, c) {
  const id = `${c.id}-${item.id}`.replaceAll(/[^\w-]/g, "_");
  const error = c.memory.errors.get(item.id);
  const described = error ? `${id}-error` : null;
  const make = FIELDS[kindOf(item)];
  const rules = {
    required: item.isRequired || null,
    message: item.errorMessage ?? null,
    regex: item.regex ?? null,
  };
  const label = { class: item.isRequired ? "ac-required" : null };
  const attributes = {
    id,
    "aria-invalid": error ? "true" : null,
    "aria-describedby": described,
    "aria-required": item.isRequired ? "true" : null,
    "aria-label": item.label ? null : (item.placeholder ?? item.title ?? item.id),
  };
  const grouped = kindOf(item) === "choices";
  const frame = {
    class: `field ac-input${error ? " ac-invalid" : ""}`,
    "data-input": item.id,
    "data-kind": kindOf(item),
    "data-required": rules.required,
    "data-message": rules.message,
    "data-regex": rules.regex,
  };
  const field = make(item, attributes, c, id);
  const note = error ? h("p", { class: "field-error", id: `${id}-error`, key: "error" }, error) : null;
  if (grouped)
    return h(
      "fieldset",
      { ...frame, "aria-describedby": described },
      item.label
        ? h("legend", label, item.label)
        : h("legend", { class: "visually-hidden" }, attributes["aria-label"]),
      field,
      note,
    );
  return h("div", frame, item.label ? h("label", { ...label, for: id }, item.label) : null, field, note);
}

function kindOf(item) {
  if (item.type !== "Input.ChoiceSet") return item.type.slice("Input.".length).toLowerCase();
  const picks = item["choices.data"] || item.choicesData || word(item.style) === "filtered";
  if (picks || (item.isMultiSelect && word(item.style) !== "expanded")) return "picker";
  return word(item.style) === "expanded" ? "choices" : "select";
}

const FIELDS = {
  text: (item, attributes) => {
    const shared = { ...attributes, maxlength: item.maxLength, placeholder: item.placeholder };
    if (item.isMultiline) return h("textarea", { ...shared, rows: 3 }, item.value ?? "");
    const type = { email: "email", url: "url", tel: "tel", password: "password" }[word(item.style)] ?? "text";
    return h("input", { ...shared, type, value: item.value, autocomplete: "off" });
  },
  number: (item, attributes) =>
    h("input", {
      ...attributes,
      type: "number",
      value: item.value,
      min: item.min,
      max: item.max,
      step: "any",
    }),
  date: (item, attributes) =>
    h("input", { ...attributes, type: "date", value: item.value, min: item.min, max: item.max }),
  time: (item, attributes) =>
    h("input", { ...attributes, type: "time", value: item.value, min: item.min, max: item.max }),
  toggle: (item, attributes) => {
    const on = String(item.value ?? "false") === String(item.valueOn ?? "true");
    const box = {
      ...attributes,
      type: "checkbox",
      checked: on,
      "data-on": item.valueOn ?? "true",
      "data-off": item.valueOff ?? "false",
    };
    return h("label", { class: "choice" }, h("input", box), h("span", null, item.title ?? ""));
  },
  select: (item, attributes) => {
    const none = h("option", { value: "" }, item.placeholder ?? "Choose…");
    const option = (one) => h("option", { value: one.value, selected: one.value === item.value }, one.title);
    return h(
      "select",
      attributes,
      item.value && item.isRequired ? null : none,
      (item.choices ?? []).map(option),
    );
  },
  choices: (item, attributes, _c, id) => {
    const chosen = item.isMultiSelect ? String(item.value ?? "").split(",") : [item.value];
    const one = (choice, index) =>
      h(
        "label",
        { class: "choice", key: choice.value },
        h("input", {
          type: item.isMultiSelect ? "checkbox" : "radio",
          name: id,
          id: `${id}-${index}`,
          value: choice.value,
          checked: chosen.includes(choice.value),
          "aria-invalid": attributes["aria-invalid"],
        }),
        h("span", null, choice.title),
      );
    return h("div", { class: "choices", id }, (item.choices ?? []).map(one));
  },
  picker: (item, attributes, c, id) => picker(item, attributes, c, id),
};

/** The values of all inputs below `root` for which `inside(node)` holds: `{id: text}`, several choices joined by commas. */
export function entered(root, inside = () => true) {
  const fields = [...root.querySelectorAll("[data-input]")].filter(inside);
  return Object.fromEntries(fields.map((node) => [node.dataset.input, valueOf(node)]));
}

function valueOf(node) {
  const kind = node.dataset.kind;
  if (kind === "picker") return node.querySelector("[data-values]").dataset.values;
  if (kind === "choices")
    return [...node.querySelectorAll("input:checked")].map((one) => one.value).join(",");
  const field = node.querySelector("input, select, textarea");
  if (kind === "toggle") return field.checked ? field.dataset.on : field.dataset.off;
  return field.value;
}

/** What is missing or out of bounds: a map from input id to a sentence. */
export function faulty(root, inside = () => true) {
  const found = new Map();
  for (const node of root.querySelectorAll("[data-input]")) {
    const wrong = inside(node) && !node.closest("[hidden]") ? problem(node) : "";
    if (wrong) found.set(node.dataset.input, node.dataset.message || wrong);
  }
  return found;
}

function problem(node) {
  const value = valueOf(node);
  const field = node.querySelector("input, select, textarea");
  const required = node.dataset.required !== undefined;
  if (required && (node.dataset.kind === "toggle" ? !field.checked : !value.trim())) return "Fill this in.";
  if (["number", "date", "time"].includes(node.dataset.kind) && !field.validity.valid)
    return field.validationMessage;
  if (value && node.dataset.regex && !matches(node.dataset.regex, value))
    return "This is not in the expected form.";
  return "";
}

function matches(pattern, value) {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true; // a pattern that no browser understands stops nobody
  }
}
