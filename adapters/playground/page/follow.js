// A list of messages that follows its end, unless the reader moved up; what in it is new; links to one of them.

import { announce } from "./dom.js";
import { toast } from "./store.js";

/** One scrolling list. `last` selects its last entry, `inset` is the room kept above it. */
export class Follower {
  #left = -1; // where the page itself last scrolled to: whoever has not moved since still follows
  #known = new Map(); // place → the ids of everything drawn there before

  constructor(box, last) {
    this.box = box;
    this.last = last;
  }

  /** Before drawing `place`: whether the end is to be shown afterwards. */
  follows(place) {
    const { box } = this;
    this.fresh = box.dataset.place !== place;
    box.dataset.place = place;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    return this.fresh || Math.abs(box.scrollTop - this.#left) < 2 || below < 120;
  }

  /** Show the end, but never past the beginning of the last message: a long one is read from its top. */
  toEnd() {
    const { box } = this;
    const last = box.querySelector(this.last);
    const above = last
      ? last.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop
      : 0;
    box.scrollTop = last ? Math.min(box.scrollHeight, above - 8) : box.scrollHeight;
    this.#left = box.scrollTop;
  }

  /** The ids that were not in `place` before; none when it is looked at for the first time. */
  unseen(place, ids) {
    const known = this.#known.get(place);
    this.#known.set(place, new Set(ids));
    return known ? ids.filter((id) => !known.has(id)) : [];
  }
}

/** Put the address of a message on the clipboard, or show it where there is none. */
export async function copyLink(url) {
  try {
    await navigator.clipboard.writeText(url);
    announce("Link copied");
  } catch {
    toast(url);
  }
}

/** Bring a message to the middle and give it the focus; whether it is there. */
export function reveal(node) {
  if (!node) return false;
  node.setAttribute("tabindex", "-1");
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
  return true;
}
