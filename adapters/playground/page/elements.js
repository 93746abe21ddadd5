// Interactive Block Kit elements: buttons, menus and fields, and reading back what was entered.

import { h, listen } from "./dom.js";
import { confirmFirst } from "./dialogs.js";
import { menuButton } from "./menu.js";
import { withEmoji } from "./emoji.js";
import { picture } from "./blocks.js";

/** An element in an actions block or beside a section: using it is a press. */
export function element(item, block, ctx) {
  if (item.type === "button") return button(item, block, ctx);
  if (item.type === "overflow") return overflow(item, block, ctx);
  if (item.type === "image") return picture(item, "medium");
  return control(
    item,
    block,
    ctx,
    { "aria-label": item.placeholder?.text ?? label(item.action_id) },
    (value) => press(item, block, ctx, value),
  );
}

/** An input block: label, control, hint and error, tied together for assistive technology. */
export function field(block, ctx, error) {
  const id = `${ctx.prefix}-${block.block_id}`;
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const group = /^(checkboxes|radio_buttons|multi_)/.test(block.element.type);
  const said = [
    withEmoji(block.label.text),
    block.optional ? h("span", { class: "soft" }, " (optional)") : null,
  ];
  const attributes = {
    id,
    "aria-describedby": described,
    "aria-invalid": error ? "true" : null,
    required: !block.optional,
  };
  const notes = [
    error && h("p", { class: "field-error", id: `${id}-error`, key: "error" }, error),
    block.hint && h("p", { class: "field-hint", id: `${id}-hint`, key: "hint" }, withEmoji(block.hint.text)),
  ];
  const onChange = block.dispatch_action ? (value) => press(block.element, block, ctx, value) : null;
  const body = control(block.element, block, ctx, attributes, onChange);
  if (group)
    return h(
      "fieldset",
      { class: "field", "aria-describedby": described },
      h("legend", null, said),
      body,
      notes,
    );
  return h("div", { class: "field" }, h("label", { for: id }, said), body, notes);
}

async function press(item, block, ctx, value) {
  if (item.confirm && !(await confirmFirst(item.confirm))) return;
  ctx.press(block, item, value);
}

function button(item, block, ctx) {
  const tone = item.style === "primary" ? "primary" : item.style === "danger" ? "danger" : "";
  const shown = withEmoji(item.text.text);
  const common = {
    class: `button ${tone}`,
    key: item.action_id,
    "aria-label": item.accessibility_label ?? null,
  };
  const go = () => press(item, block, ctx, item.value ?? "");
  if (item.url && /^(https?:|\/)/.test(item.url)) {
    return h("a", { ...common, href: item.url, target: "_blank", rel: "noopener", on: { click: go } }, shown);
  }
  return h("button", { ...common, type: "button", on: { click: go } }, shown);
}

function overflow(item, block, ctx) {
  const entries = item.options.map((option) => ({
    label: withEmoji(option.text.text),
    run: () => press(item, block, ctx, option.value),
  }));
  return menuButton("More actions", entries, item.action_id);
}

/** The control of one element; `onChange(value)` is called with the bare value when given. */
function control(item, block, ctx, attributes, onChange) {
  const common = { "data-field": `${block.block_id}|${item.action_id}`, "data-type": item.type };
  const make = CONTROLS[item.type];
  if (!make) return h("p", { class: "soft" }, `[${item.type}]`);
  const node = make(item, { ...attributes }, ctx);
  for (const [name, value] of Object.entries(common)) node.setAttribute(name, value);
  if (onChange) listen(node, { change: (event) => onChange(valueOf(event.currentTarget)) });
  return node;
}

const CONTROLS = {
  plain_text_input: (item, attributes) => {
    const shared = {
      ...attributes,
      maxlength: item.max_length,
      minlength: item.min_length,
      placeholder: item.placeholder?.text,
    };
    if (item.multiline) return h("textarea", { ...shared, rows: 4 }, item.initial_value ?? "");
    return h("input", { ...shared, type: "text", value: item.initial_value, autocomplete: "off" });
  },
  number_input: (item, attributes) =>
    h("input", {
      ...attributes,
      type: "number",
      value: item.initial_value,
      min: item.min_value,
      max: item.max_value,
      step: item.is_decimal_allowed ? "any" : 1,
    }),
  email_text_input: (item, attributes) =>
    h("input", { ...attributes, type: "email", value: item.initial_value }),
  url_text_input: (item, attributes) => h("input", { ...attributes, type: "url", value: item.initial_value }),
  datepicker: (item, attributes) => h("input", { ...attributes, type: "date", value: item.initial_date }),
  timepicker: (item, attributes) => h("input", { ...attributes, type: "time", value: item.initial_time }),
  static_select: (item, attributes) =>
    select(optionsOf(item), item.initial_option && [item.initial_option.value], item, attributes),
  users_select: (item, attributes, ctx) => select(people(ctx), [item.initial_user], item, attributes),
  conversations_select: (item, attributes, ctx) =>
    select(places(ctx), [item.initial_conversation], item, attributes),
  channels_select: (item, attributes, ctx) => select(places(ctx), [item.initial_channel], item, attributes),
  multi_static_select: (item, attributes) =>
    choices("checkbox", optionsOf(item), values(item.initial_options), attributes),
  multi_users_select: (item, attributes, ctx) =>
    choices("checkbox", people(ctx), item.initial_users, attributes),
  checkboxes: (item, attributes) =>
    choices("checkbox", optionsOf(item), values(item.initial_options), attributes),
  radio_buttons: (item, attributes) =>
    choices("radio", optionsOf(item), item.initial_option && [item.initial_option.value], attributes),
};

function select(options, chosen, item, attributes) {
  const none = h("option", { value: "" }, item.placeholder?.text ?? "Choose…");
  const entry = (option) =>
    h("option", { value: option.value, selected: chosen?.includes(option.value) }, option.label);
  return h("select", attributes, none, options.map(entry));
}

function choices(type, options, chosen, attributes) {
  const name = attributes.id ?? `${attributes["aria-label"]}-${options.map((option) => option.value).join()}`;
  const one = (option, index) =>
    h(
      "label",
      { class: "choice", key: option.value },
      h("input", {
        type,
        name,
        value: option.value,
        checked: chosen?.includes(option.value),
        id: `${name}-${index}`,
        "aria-invalid": attributes["aria-invalid"],
      }),
      h("span", null, option.label, option.note && h("span", { class: "field-hint" }, option.note)),
    );
  return h(
    "div",
    {
      class: "choices",
      role: attributes["aria-label"] ? "group" : null,
      "aria-label": attributes["aria-label"] ?? null,
    },
    options.map(one),
  );
}

function optionsOf(item) {
  const all = item.option_groups
    ? item.option_groups.flatMap((group) => group.options)
    : (item.options ?? []);
  return all.map((option) => ({
    value: option.value,
    label: withEmoji(option.text.text),
    note: option.description?.text,
  }));
}

function people(ctx) {
  return ctx.names.people().map((user) => ({ value: user.id, label: user.real_name || user.name }));
}

function places(ctx) {
  return ctx.names.places().map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
}

function values(options) {
  return (options ?? []).map((option) => option.value);
}

function label(actionId) {
  return actionId.replaceAll(/[_.:-]+/g, " ");
}

/** The bare value of one control: text, an option's value, a list of values, or null when nothing is entered. */
export function valueOf(node) {
  const type = node.dataset.type;
  if (!/^(checkboxes|radio_buttons|multi_)/.test(type)) return node.value || null;
  const chosen = [...node.querySelectorAll("input:checked")].map((box) => box.value);
  return type === "radio_buttons" ? (chosen[0] ?? null) : chosen;
}

/** Everything entered below `root`: `{block_id: {action_id: value}}`. */
export function entered(root) {
  const state = {};
  for (const node of root.querySelectorAll("[data-field]")) {
    const [blockId, actionId] = node.dataset.field.split("|");
    (state[blockId] ??= {})[actionId] = valueOf(node);
  }
  return state;
}
