// Channels, people and the app: where one can go, with what is unread and who is away.

import { find, h, update } from "./dom.js";
import { avatar } from "./avatar.js";
import { now, timeIn, whenIn } from "./clock.js";
import { emojiLabel, emojiOf, withEmoji } from "./emoji.js";
import { section, entry as placeEntry, still } from "./sidelist.js";
import { HOME, botChannel, channels, data, me, onSlack, open, partner, people, ui } from "./store.js";

/** Draw the sidebar. */
export function drawSidebar() {
  const sidebar = find("#sidebar");
  sidebar.hidden = !onSlack();
  if (sidebar.hidden) return;
  const bot = botChannel();
  const places = channels().filter((one) => one.kind !== "im");
  update(
    sidebar,
    section("Boundary Bot", [
      entry({
        key: HOME,
        place: HOME,
        icon: h("img", { class: "avatar bot tiny", src: "boundary.svg", alt: "" }),
        name: "Home",
      }),
      bot && entry({ key: bot.id, place: bot.id, icon: mark("✉"), name: "Messages", unread: bot.unread }),
    ]),
    section(
      "Channels",
      places.map((one) =>
        entry({
          key: one.id,
          place: one.id,
          icon: mark(one.kind === "private" ? "◇" : "#"),
          name: one.name,
          unread: one.unread,
        }),
      ),
    ),
    section("People", people().map(personEntry)),
  );
  sidebar.classList.toggle("open", ui.drawer === "sidebar");
}

function mark(character) {
  return h("span", { class: "side-mark", "aria-hidden": "true" }, character);
}

function entry({ place, ...shown }) {
  return placeEntry({ ...shown, current: ui.place === place, open: () => open(place) });
}

function personEntry(user) {
  const direct = channels().find(
    (one) =>
      one.kind === "im" &&
      one.members.includes(user.id) &&
      (user.id !== ui.as ? partner(one).id === user.id : one.members.length === 1),
  );
  const name = [
    user.real_name || user.name,
    user.id === ui.as ? h("span", { class: "soft" }, " (you)") : null,
    " ",
    snoozeMark(user),
  ];
  const more =
    status(user) ??
    h(
      "span",
      { class: "side-status soft" },
      h("span", { "data-live": "time", "data-zone": user.tz }, timeIn(user.tz)),
    );
  const icon = avatar(user, "tiny");
  if (direct) return entry({ key: user.id, place: direct.id, icon, name, unread: direct.unread, more });
  return still({ key: user.id, icon, name, more });
}

/** A person's status as they show it, or null. */
export function status(user) {
  const { text = "", emoji = "" } = user.status ?? {};
  if (!text && !emoji) return null;
  const sign = emoji
    ? h(
        "span",
        {
          class: "emoji",
          role: text ? null : "img",
          "aria-hidden": text ? "true" : null,
          "aria-label": text ? null : emojiLabel(emoji),
        },
        emojiOf(emoji) ?? "◦",
      )
    : null;
  return h("span", { class: "side-status" }, sign, " ", withEmoji(text));
}

/** A mark that somebody's notifications are paused, with until when; null when they are not. */
export function snoozeMark(user) {
  if (!user.snoozed_until || Date.parse(user.snoozed_until) <= now()) return null;
  const words = `Notifications paused until ${whenIn(me().tz, Date.parse(user.snoozed_until))}`;
  return h("span", { class: "snooze", role: "img", "aria-label": words, title: words }, "🔕");
}
