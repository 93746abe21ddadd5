// A conversation in Teams: bubbles in chats, posts with their replies in channels, cards, and what only the viewer sees.

import { announce, find, h, svg, update } from "./dom.js";
import { renderCard } from "./cards.js";
import { instant, longDayIn, dateIn, timeIn } from "./clock.js";
import { Follower, copyLink, reveal } from "./follow.js";
import { menuButton } from "./menu.js";
import { face, presenceWords, statusMessage } from "./presence.js";
import { data, firstName, me, redraw, ui } from "./store.js";
import { APP, account, conversation, member, openLink, performTeams } from "./teamsstore.js";

let follower = null;

/** Draw the head of the open conversation and what is said in it. */
export function drawTeamsTalk() {
  if (data.postsOf !== `${ui.as} ${ui.chat}`) return;
  const scroll = find("#teams-scroll");
  follower ??= new Follower(scroll, "#posts > li:last-child");
  const atEnd = follower.follows(data.postsOf);
  update(find("#teams-head"), head());
  if (ui.chat === APP) return update(scroll, offerApp());
  update(scroll, list());
  tell();
  if (ui.found && reveal(find(`#posts [data-id="${CSS.escape(ui.found)}"]`))) ui.found = "";
  else if (atEnd) follower.toEnd();
}

function head() {
  const one = conversation();
  if (!one) return h("h3", { key: "title" }, "Boundary Bot");
  const others = one.members.filter((id) => id !== account()).map(member);
  if (one.kind === "personal") {
    const [other] = others;
    return [
      h("h3", { key: "title" }, face(other, "tiny"), other.name),
      one.with_bot
        ? menuButton("More about the app", [{ label: "Remove the app", run: remove }], "more")
        : null,
    ];
  }
  const people = one.members.map(member).filter((user) => !user.is_bot);
  const words = people.map((user) => `${user.name}, ${presenceWords(user.presence)}`).join("; ");
  return [
    h(
      "h3",
      { key: "title" },
      one.name,
      one.team ? h("span", { class: "place-note" }, ` in ${one.team}`) : null,
    ),
    h(
      "p",
      { class: "faces", key: "faces", title: people.map(describe).join("\n") },
      h("span", { class: "visually-hidden" }, `With ${words}`),
      h(
        "span",
        { class: "faces-row", "aria-hidden": "true" },
        people.map((user) => face(user, "tiny")),
      ),
    ),
  ];
}

function describe(user) {
  return [user.name, presenceWords(user.presence), statusMessage(user)].filter(Boolean).join(" · ");
}

function remove() {
  return performTeams("uninstall");
}

function offerApp() {
  return h(
    "div",
    { class: "absent", key: APP },
    h("img", { class: "avatar bot", src: "boundary.svg", alt: "" }),
    h("p", { class: "absent-title" }, "Boundary Bot is not in your chats yet."),
    h("p", { class: "soft" }, "Add it to say what your boundaries are and to get your digest here."),
    h(
      "button",
      { type: "button", class: "button primary", on: { click: () => performTeams("install") } },
      "Add Boundary Bot",
    ),
  );
}

// The messages

const EMPTY = {
  personal: "Nothing said here yet. Type help, or focus 90m, and Boundary Bot answers.",
  groupChat:
    "Nothing said here yet. Mention somebody with @, and they are asked only when they are available.",
  channel: "Nothing said here yet. Mention somebody with @: if they are away, only you are told.",
};

function list() {
  const channel = conversation()?.kind === "channel";
  if (!data.posts.length) return h("p", { class: "empty" }, EMPTY[conversation()?.kind] ?? EMPTY.personal);
  const known = new Set(data.posts.map((one) => one.id));
  const roots = channel ? data.posts.filter((one) => !known.has(one.reply_to)) : data.posts;
  const items = [];
  let before = null;
  for (const one of roots) {
    const day = dateIn(me().tz, instant(one.at));
    if (!before || dateIn(me().tz, instant(before.at)) !== day) {
      items.push(
        h("li", { class: "day", key: `day-${day}` }, h("span", null, longDayIn(me().tz, instant(one.at)))),
      );
      before = null;
    }
    items.push(
      h(
        "li",
        { key: one.id, class: !channel ? "said" : one.targeted ? "post private" : "post" },
        post(one, channel ? null : before, channel),
      ),
    );
    before = one;
  }
  return h("ol", { id: "posts", class: channel ? "posts" : "bubbles", key: data.postsOf }, items);
}

function post(one, before, channel) {
  const replies = channel
    ? data.posts.filter((reply) => reply.reply_to === one.id && reply.id !== one.id)
    : [];
  return [
    message(one, before, channel),
    replies.length
      ? h(
          "ol",
          { class: "answers", "aria-label": `Replies to ${member(one.from).name}` },
          replies.map((reply) => h("li", { key: reply.id }, message(reply, null, channel))),
        )
      : null,
    channel && !one.targeted
      ? h(
          "button",
          { type: "button", class: "text-button answer", on: { click: () => answer(one) } },
          "Reply",
        )
      : null,
  ];
}

function message(one, before, channel) {
  const author = member(one.from);
  const mine = one.from === account();
  const at = instant(one.at);
  const follows =
    before &&
    before.from === one.from &&
    before.targeted === one.targeted &&
    at - instant(before.at) < 300_000;
  const classes = [
    "chat",
    mine && !channel && "mine",
    follows && "follows",
    one.targeted && "targeted",
    ui.found === one.id && "highlight",
  ];
  return h(
    "div",
    { class: classes.filter(Boolean).join(" "), "data-id": one.id, key: `message-${one.id}` },
    mine && !channel ? null : h("div", { class: "chat-face" }, follows ? null : face(author)),
    h(
      "article",
      {
        class: `bubble${one.card ? " has-card" : ""}`,
        "aria-label": `${author.name}, ${timeIn(me().tz, at)}`,
      },
      h(
        "div",
        { class: "byline" },
        h("span", { class: "author" }, author.name),
        author.is_bot && h("span", { class: "app-tag" }, "App"),
        author.guest && h("span", { class: "app-tag" }, "Guest"),
        h("time", { datetime: new Date(at).toISOString() }, timeIn(me().tz, at)),
        one.edited && h("span", { class: "soft small" }, "Edited"),
      ),
      one.targeted && h("p", { class: "only-you" }, eye(), "Only you can see this message"),
      one.text && h("div", { class: "prose said-text" }, words(one)),
      one.card && cardOf(one),
    ),
    one.targeted
      ? null
      : menuButton(`More options for the message from ${author.name}`, actionsFor(one), `menu-${one.id}`),
  );
}

function eye() {
  const paths = [
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z",
    "M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
  ];
  const parts = paths.map((d) => svg("path", { d }));
  return svg("svg", { viewBox: "0 0 24 24", class: "icon eye", "aria-hidden": "true" }, parts);
}

/** What was said, with the people in it marked; everything else stays plain text. */
function words(one) {
  let parts = [one.text];
  for (const { id, text } of one.mentions ?? []) {
    if (!text) continue;
    const mark = () =>
      h(
        "span",
        { class: id === account() ? "mention mine" : "mention" },
        text.replace(/^<at>|<\/at>$|^@/g, ""),
      );
    parts = parts.flatMap((part) =>
      typeof part === "string"
        ? part.split(text).flatMap((piece, index) => (index ? [mark(), piece] : [piece]))
        : [part],
    );
  }
  return parts;
}

function cardOf(one) {
  return renderCard(one.card, {
    id: `t-${ui.as}-${one.id}`.replaceAll(/[^\w-]/g, "_"),
    open: openLink,
    submit: (action, inputs) => performTeams("press", { conversation: ui.chat, id: one.id, action, inputs }),
  });
}

function actionsFor(one) {
  const channel = conversation()?.kind === "channel";
  const own = (data.teams.actions ?? []).map((action) => ({
    label: action.title,
    run: () => performTeams("message_action", { conversation: ui.chat, id: one.id, action_id: action.id }),
  }));
  return [
    ...own,
    channel ? { label: "Reply", run: () => answer(one) } : null,
    { label: "Copy link", run: () => copyLink(linkTo(one)) },
  ].filter(Boolean);
}

function answer(one) {
  ui.answering = one.reply_to ?? one.id;
  redraw();
  queueMicrotask(() => find("#teams-say")?.focus());
}

function linkTo(one) {
  return `${location.origin}/#?${new URLSearchParams({ as: ui.as, show: "teams", chat: ui.chat, found: one.id })}`;
}

// What is new

function tell() {
  const ids = data.posts.map((one) => one.id);
  for (const id of follower.unseen(data.postsOf, ids).slice(-3)) {
    const one = data.posts.find((each) => each.id === id);
    find(`#posts [data-id="${CSS.escape(id)}"]`)?.classList.add("arrived");
    const said = one.text || one.summary || one.card?.fallbackText || "a card";
    if (one.from !== account())
      announce(
        `${member(one.from).name} in Teams${one.targeted ? ", only you can see this" : ""}: ${said.slice(0, 240)}`,
      );
  }
}

/** Who is answered in a channel, as "Replying to Kenji". */
export function answered() {
  const one = ui.answering && data.posts.find((each) => each.id === ui.answering);
  return one ? firstName({ name: member(one.from).name }) : "";
}
