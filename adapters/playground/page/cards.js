// Adaptive Cards 1.5 as Teams shows them, drawn by our own code. Unknown elements give way to their `fallback`, then to the
// card's `fallbackText`. Text from people only ever becomes text nodes; pictures are data only; nothing asks another host.

import { h } from "./dom.js";
import { actionRow, actionsOf } from "./cardactions.js";
import { input } from "./cardinputs.js";
import { chart } from "./charts.js";
import { factText, richTextBlock, textBlock } from "./cardtext.js";

const memories = new Map(); // card id → {text, …}: what a person opened, hid, chose and got wrong in a card

/**
 * A card as a node. `ctx`: `id` (unique, a valid element id), `submit(action index, inputs)` for Execute and Submit,
 * `open(url)` which answers whether it showed that address itself.
 */
export function renderCard(card, ctx) {
  const memory = remember(card, ctx.id);
  const c = { ...ctx, memory, card, order: inOrder(card), charts: [], depth: 0 };
  return h(
    "div",
    {
      class: "ac",
      key: `card-${memory.serial}`,
      "data-card": ctx.id,
      "aria-busy": memory.busy ? "true" : null,
    },
    drawn(card, c),
  );
}

// A card that is no card must not take the page down with it.
function drawn(card, c) {
  try {
    return cardBody(card, c);
  } catch {
    return h("p", { class: "soft" }, String(card.fallbackText ?? "This card cannot be shown."));
  }
}

function inOrder(card) {
  try {
    return actionsOf(card);
  } catch {
    return [];
  }
}

/** The inside of a card, which is also that of a card shown by an action. */
export function cardBody(card, c) {
  return [items(card.body, c), actionRow(card.actions, c)];
}

let serial = 0;

// A card that changed is another one: what was typed into the old one stays out of it.
function remember(card, id) {
  const text = JSON.stringify(card);
  let memory = memories.get(id);
  if (memory?.text !== text) {
    serial += 1;
    memory = {
      text,
      serial,
      shown: null,
      visible: new Map(),
      errors: new Map(),
      picked: new Map(),
      busy: false,
    };
    memories.set(id, memory);
  }
  return memory;
}

/** Drop what was typed into the cards whose id starts so. */
export function forget(start) {
  for (const id of memories.keys()) if (id.startsWith(start)) memories.delete(id);
}

/** The nodes of a list of elements. */
export function items(list, c) {
  return (list ?? []).map((item, index) => element(item, c, index, list));
}

function element(item, c, index, list = []) {
  const type = String(item?.type);
  const draw = Object.hasOwn(ELEMENTS, type) ? ELEMENTS[type] : type.startsWith("Chart.") ? chart : null;
  const made = draw?.(item, draw === chart ? Object.assign(c, { below: list.slice(index + 1) }) : c);
  if (made === undefined || made === null) return instead(item, c, index);
  const visible = c.memory.visible.get(item.id) ?? item.isVisible !== false;
  const classes = ["ac-item", `gap-${word(item.spacing, "default")}`, item.separator && "ac-line"];
  if (item.horizontalAlignment) classes.push(`ac-${word(item.horizontalAlignment)}`);
  const attributes = {
    class: classes.filter(Boolean).join(" "),
    key: `${item.type}-${index}`,
    hidden: !visible,
  };
  return h("div", { ...attributes, "data-id": item.id ?? null }, made);
}

function instead(item, c, index) {
  if (item?.fallback === "drop") return null;
  if (item?.fallback && typeof item.fallback === "object") return element(item.fallback, c, index);
  const words = c.card.fallbackText;
  return words ? h("p", { class: "ac-item soft", key: `fallback-${index}` }, words) : null;
}

/** An enumerated word, which cards may write in any case. */
export function word(value, otherwise = "") {
  return /^[a-z]+$/i.test(value ?? "") ? value.toLowerCase() : otherwise;
}

const ELEMENTS = {
  TextBlock: textBlock,
  RichTextBlock: richTextBlock,
  Container: container,
  ColumnSet: columnSet,
  FactSet: factSet,
  Table: table,
  Image: image,
  ImageSet: (item, c) => h("div", { class: "ac-images" }, items(item.images, c)),
  ActionSet: (item, c) => actionRow(item.actions, c),
  "Input.Text": input,
  "Input.ChoiceSet": input,
  "Input.Toggle": input,
  "Input.Time": input,
  "Input.Date": input,
  "Input.Number": input,
};

function styled(item, ...classes) {
  const style = word(item.style, "default");
  const vertical = word(item.verticalContentAlignment);
  const all = [
    "ac-box",
    style !== "default" && `ac-filled ac-style-${style}`,
    vertical && `ac-v-${vertical}`,
    ...classes,
  ];
  return all.filter(Boolean).join(" ");
}

function container(item, c) {
  const room = px(item.minHeight);
  return h("div", { class: styled(item), style: room ? { "min-height": room } : null }, items(item.items, c));
}

function columnSet(item, c) {
  const column = (one, index) => {
    const visible = c.memory.visible.get(one.id) ?? one.isVisible !== false;
    const inputs = JSON.stringify(one.items ?? []).includes('"Input.');
    const wide =
      one.width === undefined || one.width === "stretch" ? "ac-stretch" : one.width === "auto" && "ac-auto";
    const classes = styled(
      one,
      "ac-column",
      wide,
      inputs && "ac-with-inputs",
      one.separator && "ac-line-left",
    );
    return h(
      "div",
      { class: classes, key: index, hidden: !visible, style: { flex: flexOf(one.width) } },
      items(one.items, c),
    );
  };
  return h("div", { class: styled(item, "ac-columns") }, (item.columns ?? []).map(column));
}

function flexOf(width) {
  if (px(width)) return `0 0 ${px(width)}`;
  if (Number(width) > 0) return `${Number(width)} 1 0`;
  return width === "auto" ? "0 1 auto" : "1 1 0";
}

function px(size) {
  return /^\d+px$/.test(size ?? "") ? size : null;
}

function factSet(item) {
  const fact = (one, index) =>
    h("div", { key: index }, h("dt", null, factText(one.title)), h("dd", null, factText(one.value)));
  return h("dl", { class: "ac-facts" }, (item.facts ?? []).map(fact));
}

function table(item, c) {
  const weights = (item.columns ?? []).map((one) => (px(one.width) ? one.width : Number(one.width) || 1));
  const total = weights.reduce((sum, one) => sum + (typeof one === "number" ? one : 0), 0) || 1;
  const columns = weights.map((one) =>
    h("col", { style: { width: typeof one === "number" ? `${(100 * one) / total}%` : one } }),
  );
  const head = item.firstRowAsHeaders !== false;
  const row = (one, index) =>
    h(
      "tr",
      { class: styled(one) },
      (one.cells ?? []).map((cell) => {
        const attributes = { class: styled(cell, `ac-${word(cell.horizontalAlignment, "left")}`) };
        return head && index === 0
          ? h("th", { ...attributes, scope: "col" }, items(cell.items, c))
          : h("td", attributes, items(cell.items, c));
      }),
    );
  const rows = (item.rows ?? []).map(row);
  return h(
    "div",
    { class: "ac-table-frame", tabindex: 0, role: "group", "aria-label": "Table" },
    h(
      "table",
      { class: `ac-table${item.showGridLines === false ? "" : " ac-grid"}` },
      h("colgroup", null, columns),
      head ? h("thead", null, rows.slice(0, 1)) : null,
      h("tbody", null, rows.slice(head ? 1 : 0)),
    ),
  );
}

const SIZES = { small: 40, medium: 80, large: 160 };

function image(item) {
  const words = item.altText || "picture";
  if (!/^data:image\/(png|jpeg|gif);base64,[a-z0-9+/=]+$/i.test(item.url ?? ""))
    return h("span", { class: "picture-words", role: "img", "aria-label": words }, words);
  const wide = px(item.width) ?? (SIZES[word(item.size)] ? `${SIZES[word(item.size)]}px` : null);
  const classes = `picture${word(item.style) === "person" ? " ac-person" : ""}`;
  return h("img", {
    class: classes,
    src: item.url,
    alt: item.altText ?? "",
    style: wide ? { width: wide } : null,
  });
}
