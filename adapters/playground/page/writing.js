// A place to write, alike in both clients: Enter sends, suggestions stand above, an answer says whom it answers.
// The field itself is never rebuilt, and what did not get through comes back into it.

import { find, h, update } from "./dom.js";
import { Offers, grow } from "./offers.js";

export class Writing {
  #field = null;
  #offers = null;
  #place = "";

  /**
   * `id`, `box` and `hintId` name its parts and `send` its button; `hint()` and `matches()` are asked while somebody
   * types; `keep(words)` keeps a draft and, without words, gives it; `speak(text)` sends; `answering()` is whom it
   * answers, `cancel()` ends that; `again(answer)` whether what was sent comes back.
   */
  constructor(parts) {
    this.parts = parts;
  }

  /** The text area; null before it was first drawn. */
  get field() {
    return this.#field;
  }

  /** Draw it in `form` for `place`, with a name and a placeholder. */
  draw(form, place, name, placeholder) {
    this.#field ??= this.#make(form);
    this.#field.setAttribute("aria-label", name);
    this.#field.placeholder = placeholder;
    if (this.#place !== place) {
      this.#place = place;
      this.#field.value = this.parts.keep();
      grow(this.#field);
      this.#offers.offer([]);
    }
    this.#hint();
    this.#answering();
  }

  #make(form) {
    const { id, box, hintId, send } = this.parts;
    const { list, attributes } = Offers.parts(box);
    const on = {
      input: () => this.typed(),
      keydown: (event) => this.#key(event),
      blur: () => setTimeout(() => this.#offers.offer([]), 150),
    };
    const area = h("textarea", {
      id,
      rows: "1",
      ...attributes,
      "aria-describedby": hintId,
      spellcheck: "true",
      on,
    });
    this.#offers = new Offers(area, box);
    const button = { type: "submit", class: "button primary send", "aria-label": send.label };
    form.append(
      list,
      h("div", { id: `${id}-answering` }),
      h(
        "div",
        { class: "composer-line" },
        area,
        h("button", button, h("span", { "aria-hidden": "true" }, send.mark)),
      ),
      h("p", { id: hintId, class: "composer-hint" }),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    return area;
  }

  #answering() {
    const to = this.parts.answering();
    const cancel = () => {
      this.parts.cancel();
      this.#field.focus();
    };
    update(
      find(`#${this.parts.id}-answering`),
      to &&
        h(
          "p",
          { class: "reply-to" },
          `↳ Replying to ${to} `,
          h("button", { type: "button", class: "text-button", on: { click: cancel } }, "Cancel"),
        ),
    );
  }

  /** The words up to the caret. */
  get before() {
    return this.#field.value.slice(0, this.#field.selectionStart);
  }

  /** After something was typed, by hand or for the person. */
  typed() {
    this.parts.keep(this.#field.value);
    grow(this.#field);
    this.#offers.offer(this.parts.matches());
    this.#hint();
  }

  /** Put `words` in the place of what stands between `from` and the caret. */
  replace(from, words) {
    this.#field.setRangeText(words, from, this.#field.selectionStart, "end");
    this.typed();
  }

  /** Put words there for the person to send. */
  suggest(words) {
    this.#field.value = words;
    this.typed();
    this.#offers.offer([]);
    this.#field.focus();
  }

  #hint() {
    const line = find(`#${this.parts.hintId}`);
    const words = this.parts.hint();
    if (line.textContent !== words) line.textContent = words;
  }

  #key(event) {
    if (event.isComposing || this.#offers.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) this.#send();
    else if (event.key === "Escape" && this.parts.answering()) this.parts.cancel();
    else return;
    event.preventDefault();
  }

  async #send() {
    const before = this.#field.value;
    const place = this.#place;
    if (!before.trim()) return;
    this.#clear();
    const answer = await this.parts.speak(before.trim());
    if (!this.parts.again(answer) || this.#place !== place || this.#field.value) return;
    this.#field.value = before;
    this.typed();
  }

  #clear() {
    this.#field.value = "";
    this.parts.keep("");
    grow(this.#field);
    this.#offers.offer([]);
    this.#hint();
  }
}
