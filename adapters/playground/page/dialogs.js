// Dialogs: "are you sure", and the app's modals with submit, close and errors beside the field they belong to.

import { announce, find, h, update } from "./dom.js";
import { renderBlocks, textOf } from "./blocks.js";
import { entered } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { openDialog } from "./toast.js";

/** Ask an element's `confirm` question; resolves to whether the person agreed. */
export function confirmFirst(question) {
  const names = { person: () => null, channel: () => null };
  return new Promise((resolve) => {
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const yes = h(
      "button",
      {
        class: `button ${question.style === "danger" ? "danger" : "primary"}`,
        type: "button",
        on: { click: () => done(true) },
      },
      question.confirm?.text ?? "Yes",
    );
    const no = h(
      "button",
      { class: "button", type: "button", on: { click: () => done(false) } },
      question.deny?.text ?? "Cancel",
    );
    const dialog = h(
      "dialog",
      { class: "modal small", "aria-labelledby": "confirm-title", on: { cancel: () => done(false) } },
      h("h2", { id: "confirm-title" }, question.title?.text ?? "Are you sure?"),
      h("div", { class: "modal-body prose" }, textOf(question.text, names)),
      h("div", { class: "modal-foot" }, no, yes),
    );
    document.body.append(dialog);
    openDialog(dialog);
    no.focus();
  });
}

let shown = null; // the view in the dialog: {id, hash, errors, back}
let left = ""; // the view just closed here, until the workspace knows

/** Show `view` (or nothing) as the app's modal. `ctx` as in renderBlocks, plus `submit(view, values)` and `close(view)`. */
export function showModal(view, ctx) {
  const dialog = document.getElementById("modal");
  if (view?.id !== left) left = "";
  if (!view || view.id === left) return hide(dialog);
  if (shown?.id !== view.id) shown = { id: view.id, errors: {}, back: shown?.back ?? document.activeElement };
  if (shown.hash !== view.hash) shown.errors = {};
  const changed = shown.hash !== view.hash;
  shown.hash = view.hash;
  draw(dialog, view, ctx);
  if (!dialog.open) openDialog(dialog);
  if (changed) firstField(dialog)?.focus();
}

// At once, so that what is typed next reaches the page; the answer of the workspace follows.
async function leave(dialog, view, ctx) {
  left = view.id;
  hide(dialog);
  const answer = await ctx.close(view);
  if (answer.ok || left !== view.id) return;
  left = "";
  showModal(view, ctx);
}

function hide(dialog) {
  if (!shown) return;
  const { back } = shown;
  shown = null;
  dialog.close();
  update(find(".modal-hold", dialog));
  if (back?.isConnected) back.focus({ preventScroll: true });
}

function draw(dialog, view, ctx) {
  const within = { ...ctx, prefix: view.id, errors: shown.errors };
  const close = view.close?.text ?? (view.submit ? "Cancel" : "Close");
  const form = h(
    "form",
    { key: view.id, novalidate: true, on: { submit: (event) => submit(event, dialog, view, ctx) } },
    h(
      "div",
      { class: "modal-head" },
      h("h2", { id: "modal-title" }, withEmoji(view.title?.text ?? "")),
      h(
        "button",
        {
          class: "icon-button",
          type: "button",
          "aria-label": "Close",
          on: { click: () => leave(dialog, view, ctx) },
        },
        "✕",
      ),
    ),
    h("div", { class: "modal-body" }, renderBlocks(view.blocks ?? [], within)),
    h(
      "div",
      { class: "modal-foot" },
      h(
        "button",
        { class: "button", type: "button", on: { click: () => leave(dialog, view, ctx) } },
        withEmoji(close),
      ),
      view.submit && h("button", { class: "button primary", type: "submit" }, withEmoji(view.submit.text)),
    ),
  );
  dialog.oncancel = (event) => {
    event.preventDefault();
    leave(dialog, view, ctx);
  };
  update(find(".modal-hold", dialog), form);
}

async function submit(event, dialog, view, ctx) {
  event.preventDefault();
  const answer = await ctx.submit(view, entered(dialog));
  const errors = answer?.errors ?? {};
  if (!shown || shown.id !== view.id || !Object.keys(errors).length) return;
  shown.errors = errors;
  draw(dialog, view, ctx);
  dialog.querySelector("[aria-invalid=true]")?.focus();
  announce(Object.values(errors).join(" "));
}

function firstField(dialog) {
  return (
    dialog.querySelector(".modal-body :is(input, select, textarea, button)") ??
    dialog.querySelector(".modal-foot button:last-child")
  );
}
