// Suggestions above a text field: a listbox in which the field's arrow keys move and Enter or Tab takes one.

import { announce, find, h, update } from "./dom.js";
import { avatar } from "./avatar.js";

/** Suggestions are `{label, note?, more?, user?, example?, take()}`; an example is taken only when it was chosen. */
export class Offers {
  #options = [];
  #active = 0;

  /** `field` is the text area, `box` the id of its listbox, such as "offers" with options "offer-0", "offer-1" … */
  constructor(field, box) {
    this.field = field;
    this.box = box;
    this.one = box.replace(/s$/, "");
  }

  /** The empty listbox and the attributes that tie a field to it. */
  static parts(box) {
    return {
      list: h("div", {
        id: box,
        class: "offers",
        role: "listbox",
        "aria-label": "Suggestions",
        hidden: true,
      }),
      attributes: { "aria-autocomplete": "list", "aria-controls": box, autocomplete: "off" },
    };
  }

  offer(found) {
    if (found.length && found.length !== this.#options.length)
      announce(`${found.length} suggestion${found.length > 1 ? "s" : ""}`);
    this.#options = found;
    this.#active = found[0]?.example ? -1 : 0; // Enter then sends what stands there
    this.#draw();
  }

  /** Whether the key was meant for the suggestions; it is then used up. */
  key(event) {
    const options = this.#options;
    if (!options.length) return false;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) {
      const from = this.#active < 0 ? (move > 0 ? -1 : 0) : this.#active;
      this.#active = (from + move + options.length) % options.length;
      this.#draw();
    } else if (event.key === "Escape") this.offer([]);
    else if (options[this.#active] && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey)
      options[this.#active].take();
    else return false;
    event.preventDefault();
    return true;
  }

  #draw() {
    const box = find(`#${this.box}`);
    box.hidden = !this.#options.length;
    update(
      box,
      this.#options.map((one, index) => this.#option(one, index)),
    );
    if (this.#options[this.#active])
      this.field.setAttribute("aria-activedescendant", `${this.one}-${this.#active}`);
    else this.field.removeAttribute("aria-activedescendant");
    find(`#${this.one}-${this.#active}`)?.scrollIntoView({ block: "nearest" });
  }

  #option(one, index) {
    const pick = (event) => {
      event.preventDefault();
      one.take();
    };
    const attributes = { role: "option", id: `${this.one}-${index}`, class: "offer", key: one.label };
    return h(
      "div",
      { ...attributes, "aria-selected": String(index === this.#active), on: { pointerdown: pick } },
      one.user && avatar(one.user, "tiny"),
      h("span", { class: "offer-label" }, one.label),
      one.note && h("span", { class: "offer-note" }, one.note),
      one.more && h("span", { class: "offer-more" }, one.more),
    );
  }
}

/** As high as what was typed, up to eight lines. */
export function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
}
