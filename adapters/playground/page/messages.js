// The conversation: messages with their threads inline, what only the viewer sees, and what can be done with each.

import { announce, find, h, update } from "./dom.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { dateIn, instant, longDayIn, timeIn } from "./clock.js";
import { entered } from "./elements.js";
import { Follower, copyLink, reveal } from "./follow.js";
import { menuButton } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { show } from "./clients.js";
import { snoozeMark, status } from "./sidebar.js";
import {
  HOME,
  botChannel,
  channel,
  data,
  firstName,
  isBot,
  me,
  names,
  onSlack,
  open,
  partner,
  perform,
  person,
  redraw,
  ui,
} from "./store.js";

let follower = null;

/** Draw the head of the place and what is said in it. */
export function drawMessages() {
  if (!onSlack() || data.messagesOf !== `${ui.as} ${ui.place}`) return;
  const scroll = find("#scroll");
  follower ??= new Follower(scroll, "#messages > li:last-child");
  const atEnd = follower.follows(data.messagesOf);
  update(find("#place"), head());
  if (ui.place === HOME) {
    update(scroll, home());
    if (follower.fresh) scroll.scrollTop = 0;
    return;
  }
  update(scroll, list());
  tell();
  if (ui.highlight && reveal(find(`#messages [data-ts="${ui.highlight}"]`))) ui.highlight = "";
  else if (atEnd) follower.toEnd();
}

// The head of the place

function head() {
  const place = channel(ui.place);
  const app = ui.place === HOME || (place && botChannel()?.id === place.id);
  if (app)
    return [
      h(
        "h3",
        { key: "title" },
        h("img", { class: "avatar bot tiny", src: "boundary.svg", alt: "" }),
        "Boundary Bot",
      ),
      tabs(),
    ];
  if (!place) return h("h3", { key: "title" }, "Choose a conversation");
  if (place.kind === "im") {
    const other = partner(place);
    return [
      h("h3", { key: "title" }, avatar(other, "tiny"), other.real_name, " ", snoozeMark(other)),
      h("p", { class: "place-note", key: "note" }, status(other) ?? h("span", null, "No status set")),
    ];
  }
  const members = place.members.filter((id) => !isBot(id)).map((id) => firstName(person(id)));
  return [
    h(
      "h3",
      { key: "title" },
      h("span", { class: "hash", "aria-hidden": "true" }, place.kind === "private" ? "◇ " : "# "),
      place.name,
    ),
    h("p", { class: "place-note", key: "note" }, members.join(", ")),
  ];
}

function tabs() {
  const direct = botChannel();
  const tab = (place, words) =>
    h(
      "button",
      {
        type: "button",
        class: "tab",
        key: words,
        disabled: !place,
        "aria-current": ui.place === place ? "page" : null,
        on: { click: () => open(place) },
      },
      words,
    );
  return h(
    "div",
    { class: "tabs", key: "tabs", role: "group", "aria-label": "Parts of the app" },
    tab(HOME, "Home"),
    tab(direct?.id, "Messages"),
  );
}

function home() {
  const view = data.state.home;
  if (!view) return h("p", { class: "empty" }, "Boundary Bot has not drawn this person's Home yet.");
  const press = (block, item, value) =>
    perform("press", {
      view_id: view.view_id,
      block_id: block.block_id,
      action_id: item.action_id,
      value,
      state: entered(find("#scroll")),
    });
  return h(
    "div",
    { class: "home card", key: view.view_id ?? "home" },
    renderBlocks(view.blocks ?? [], { names, prefix: "home", press }),
  );
}

// The messages

function list() {
  const roots = data.messages.filter((one) => !isReply(one));
  if (!data.messages.length) return h("p", { class: "empty" }, "Nothing said here yet.");
  const items = [];
  let before = null;
  for (const one of roots) {
    const day = dateIn(me().tz, at(one));
    if (!before || dateIn(me().tz, at(before)) !== day) {
      items.push(h("li", { class: "day", key: `day-${day}` }, h("span", null, longDayIn(me().tz, at(one)))));
      before = null;
    }
    items.push(row(one, before));
    const replies = data.messages.filter((reply) => isReply(reply) && reply.thread_ts === one.ts);
    if (replies.length)
      items.push(
        h(
          "li",
          { key: `thread-${one.ts}`, class: "thread" },
          h(
            "ol",
            { "aria-label": `Replies to ${nameOf(one)}` },
            replies.map((reply) => row(reply, null)),
          ),
        ),
      );
    before = replies.length ? null : one;
  }
  return h("ol", { id: "messages", key: data.messagesOf }, items);
}

function isReply(one) {
  return Boolean(
    one.thread_ts && one.thread_ts !== one.ts && data.messages.some((root) => root.ts === one.thread_ts),
  );
}

function at(one) {
  return one.at ? instant(one.at) : instant(one.ts);
}

function nameOf(one) {
  return person(one.user).real_name || person(one.user).name;
}

function row(one, before) {
  const follows =
    before &&
    before.user === one.user &&
    before.ephemeral === one.ephemeral &&
    at(one) - at(before) < 300_000;
  const classes = [
    "message",
    one.ephemeral && "ephemeral",
    follows && "follows",
    ui.highlight === one.ts && "highlight",
  ]
    .filter(Boolean)
    .join(" ");
  const author = person(one.user);
  return h(
    "li",
    { class: classes, key: one.ts, "data-ts": one.ts },
    h("div", { class: "gutter" }, avatar(author)),
    h(
      "article",
      { "aria-label": `${nameOf(one)}, ${timeIn(me().tz, at(one))}` },
      h(
        "div",
        { class: "byline" },
        h("span", { class: "author" }, nameOf(one)),
        isBot(one.user) && h("span", { class: "app-tag" }, "App"),
        h("time", { datetime: new Date(at(one)).toISOString() }, timeIn(me().tz, at(one))),
        one.thread_ts && one.thread_ts !== one.ts && h("span", { class: "reply-mark" }, "↳ reply"),
        one.edited && h("span", { class: "soft small" }, "edited"),
      ),
      one.ephemeral && h("p", { class: "only-you" }, "Only visible to you"),
      body(one),
    ),
    one.ephemeral
      ? dismiss(one)
      : menuButton(`More actions for the message from ${nameOf(one)}`, actionsFor(one), `menu-${one.ts}`),
  );
}

function dismiss(one) {
  const run = () => perform("dismiss", { channel: ui.place, ts: one.ts });
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      key: "dismiss",
      "aria-label": `Dismiss the note from ${nameOf(one)}`,
      title: "Dismiss",
      on: { click: run },
    },
    h("span", { "aria-hidden": "true" }, "✕"),
  );
}

function body(one) {
  if (!one.blocks?.length) return h("div", { class: "prose" }, mrkdwn(one.text ?? "", names));
  const press = (block, item, value) => {
    const holder = find(`[data-ts="${one.ts}"]`);
    return perform("press", {
      channel: ui.place,
      ts: one.ts,
      block_id: block.block_id,
      action_id: item.action_id,
      value,
      state: entered(holder),
    });
  };
  const typed = one.blocks.length === 1 && one.blocks[0].type === "rich_text" && !isBot(one.user);
  return h(
    "div",
    { class: typed ? "prose" : "card" },
    renderBlocks(one.blocks, { names, prefix: `m${one.ts}`, press }, one.text),
  );
}

function actionsFor(one) {
  const shortcuts = (data.state.shortcuts ?? []).filter(
    (shortcut) => (shortcut.type ?? "message") === "message",
  );
  return [
    ...shortcuts.map((shortcut) => ({
      label: shortcut.name,
      run: () => perform("shortcut", { callback_id: shortcut.callback_id, channel: ui.place, ts: one.ts }),
    })),
    { label: "Reply in thread", run: () => reply(one) },
    { label: "Copy link", run: () => copyLink(linkTo(one)) },
  ];
}

function reply(one) {
  ui.thread = one.thread_ts ?? one.ts;
  redraw();
  queueMicrotask(() => find("#say")?.focus());
}

function linkTo(one) {
  return `${location.origin}/archives/${ui.place}/p${one.ts.replace(".", "")}`;
}

// What is new

function tell() {
  const ids = data.messages.map((one) => one.ts);
  for (const ts of follower.unseen(data.messagesOf, ids).slice(-3)) {
    const one = data.messages.find((message) => message.ts === ts);
    find(`#messages [data-ts="${ts}"]`)?.classList.add("arrived");
    if (one.user !== ui.as)
      announce(
        `${nameOf(one)}${one.ephemeral ? ", only visible to you" : ""}: ${(one.text ?? "").slice(0, 240)}`,
      );
  }
}

// Links to messages of this workspace open in the page itself.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest?.("a[href*='/archives/']");
  const found = anchor && /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})/.exec(anchor.href);
  if (!found || !channel(found[1])) return;
  event.preventDefault();
  show("slack");
  open(found[1], `${found[2]}.${found[3]}`);
});
