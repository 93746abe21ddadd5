// A person's disc: initials on a colour of their own, the same in both clients; the app's disc is its mark.

import { h } from "./dom.js";
import { humans, isBot } from "./store.js";

/** A decorative disc; the name always stands beside it or in a label. */
export function avatar(user, size = "") {
  if (user.id === "USLACKBOT")
    return h("span", { class: `avatar slackbot ${size}`, "aria-hidden": "true" }, "s");
  if (user.is_bot || isBot(user.id))
    return h("img", { class: `avatar bot ${size}`, src: "boundary.svg", alt: "" });
  const index = humans().findIndex((one) => one.id === user.id || one.teams === user.id);
  const initials = (user.real_name || user.name)
    .split(" ")
    .map((word) => word[0])
    .slice(0, 2)
    .join("");
  return h(
    "span",
    { class: `avatar tone-${Math.max(index, 0) % 6} ${size}`, "aria-hidden": "true" },
    initials,
  );
}
