// A dialog of the Teams app: an Adaptive Card with a title. The app's answer closes it or shows another card in it.

import { find, h, update } from "./dom.js";
import { forget, renderCard } from "./cards.js";
import { data, ui } from "./store.js";
import { openLink, performTeams } from "./teamsstore.js";
import { openDialog } from "./toast.js";

let shown = null; // {card, back}: what is drawn, and where the focus was before
let leaving = false; // closed here, until the tenant knows

/** Show or hide the dialog as the tenant's state says. */
export function drawTeamsDialog() {
  const dialog = find("#teams-modal");
  const wanted = data.teams?.dialog ?? null;
  if (!wanted) leaving = false;
  if (!wanted || leaving) return hide(dialog);
  const text = JSON.stringify(wanted.card);
  const changed = shown?.card !== text;
  shown = { card: text, back: shown?.back ?? document.activeElement };
  dialog.oncancel = (event) => {
    event.preventDefault();
    leave(dialog);
  };
  update(find(".modal-hold", dialog), body(wanted, dialog));
  dialog.classList.add("teams-look");
  if (!dialog.open) openDialog(dialog);
  if (changed) first(dialog)?.focus();
}

function body(wanted, dialog) {
  const card = renderCard(wanted.card, {
    id: `dialog-${ui.as.replaceAll(/[^\w-]/g, "_")}`,
    open: openLink,
    submit: (action, inputs) => performTeams("submit_dialog", { inputs, action }),
  });
  return [
    h(
      "div",
      { class: "modal-head", key: "head" },
      h("h2", { id: "teams-modal-title" }, wanted.title || "Boundary Bot"),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": "Close", on: { click: () => leave(dialog) } },
        "✕",
      ),
    ),
    h(
      "div",
      { class: "modal-body", key: "body" },
      wanted.error ? h("p", { class: "field-error" }, wanted.error) : null,
      card,
    ),
  ];
}

// What is wrong comes first, then the first field.
function first(dialog) {
  return (
    dialog.querySelector(".modal-body [aria-invalid=true]") ??
    dialog.querySelector(".modal-body :is(input, select, textarea)") ??
    dialog.querySelector(".modal-body button, .modal-head button")
  );
}

// At once, so that what is typed next reaches the page.
async function leave(dialog) {
  leaving = true;
  hide(dialog);
  const answer = await performTeams("close_dialog");
  if (answer.ok) return;
  leaving = false;
  drawTeamsDialog();
}

function hide(dialog) {
  if (!shown) return;
  const { back } = shown;
  shown = null;
  dialog.close();
  update(find(".modal-hold", dialog));
  forget("dialog-");
  if (back?.isConnected) back.focus({ preventScroll: true });
}
