// Setting one's own status by hand, as in any chat: what the bot must respect and put back.

import { h } from "./dom.js";
import { avatar } from "./avatar.js";
import { emojiOf, emojiLabel } from "./emoji.js";
import { snoozeMark } from "./sidebar.js";
import { me, perform } from "./store.js";
import { openDialog } from "./toast.js";

const EMOJI = [":speech_balloon:", ":coffee:", ":house:", ":palm_tree:", ":train:", ":dart:", ":sunny:"];

/** The button below the viewer's day. */
export function ownStatusButton() {
  return h(
    "button",
    {
      type: "button",
      class: "text-button",
      key: "own-status",
      "aria-haspopup": "dialog",
      on: { click: askStatus },
    },
    "Set a status by hand…",
  );
}

/** The viewer's status in the bar of the Slack client; pressing it changes it. */
export function slackStatusButton() {
  const { text = "", emoji = "" } = me().status ?? {};
  const shown = text || emoji ? [emojiOf(emoji) ?? "", " ", text] : "No status";
  return h(
    "button",
    {
      type: "button",
      class: "own-presence",
      key: "bar-status",
      "aria-haspopup": "dialog",
      "aria-label": `Your status in Slack: ${text || "none"}`,
      on: { click: askStatus },
    },
    avatar(me(), "tiny"),
    h("span", { class: "own-words" }, shown),
    snoozeMark(me()),
  );
}

/** Ask for the status that others shall see in Slack. */
export function askStatus() {
  const { text = "", emoji = "" } = me().status ?? {};
  const chosen = EMOJI.includes(emoji) ? emoji : EMOJI[0];
  const words = h("input", {
    id: "own-status",
    type: "text",
    maxlength: 100,
    value: text,
    autocomplete: "off",
  });
  const sign = h(
    "select",
    { id: "own-emoji" },
    EMOJI.map((one) =>
      h("option", { value: one, selected: one === chosen }, `${emojiOf(one)} ${emojiLabel(one)}`),
    ),
  );
  const end = () => {
    dialog.close();
    dialog.remove();
  };
  const save = async (details) => {
    end();
    await perform("set_status", details);
  };
  const submit = (event) => {
    event.preventDefault();
    save({ text: words.value.trim(), emoji: words.value.trim() ? sign.value : "" });
  };
  const dialog = h(
    "dialog",
    { class: "modal small", "aria-labelledby": "own-title", on: { cancel: end } },
    h(
      "form",
      { on: { submit } },
      h("h2", { id: "own-title" }, "Your status"),
      h(
        "div",
        { class: "modal-body" },
        h("div", { class: "field" }, h("label", { for: "own-status" }, "What others see"), words),
        h("div", { class: "field" }, h("label", { for: "own-emoji" }, "Sign"), sign),
        h("p", { class: "field-hint" }, "Boundary Bot never overwrites what you set here."),
      ),
      h(
        "div",
        { class: "modal-foot" },
        h("button", { type: "button", class: "button", on: { click: end } }, "Cancel"),
        h(
          "button",
          { type: "button", class: "button", on: { click: () => save({ text: "", emoji: "" }) } },
          "Clear",
        ),
        h("button", { type: "submit", class: "button primary" }, "Save"),
      ),
    ),
  );
  document.body.append(dialog);
  openDialog(dialog);
}
