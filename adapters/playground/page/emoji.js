// The emoji shortcodes that people and the bot use here; an unknown one stays as its `:name:`.

const TABLE = {
  "100": "💯", alarm_clock: "⏰", arrow_down: "⬇️", arrow_left: "⬅️", arrow_right: "➡️", arrow_up: "⬆️", ballot_box_with_check: "☑️",
  baby: "👶", baby_bottle: "🍼", bath: "🛁", battery: "🔋", beach_with_umbrella: "🏖️", bed: "🛏️", bell: "🔔", black_circle: "⚫",
  black_large_square: "⬛", black_square: "⬛", blossom: "🌼", blue_square: "🟦", blush: "😊", book: "📖", books: "📚", brain: "🧠", broom: "🧹",
  brown_square: "🟫", bulb: "💡", calendar: "📅", car: "🚗", car_moving: "🚗", cat: "🐈", checkered_flag: "🏁", cherry_blossom: "🌸",
  city_sunset: "🌇", clapping: "👏", clap: "👏", clipboard: "📋", clock1: "🕐", clock12: "🕛", clock3: "🕒", clock5: "🕔", clock6: "🕕", clock9: "🕘",
  closed_lock_with_key: "🔐", coffee: "☕", construction: "🚧", crescent_moon: "🌙", dart: "🎯", dash: "💨", date: "📆", deciduous_tree: "🌳",
  desktop_computer: "🖥️", dog: "🐕", door: "🚪", ear: "👂", envelope: "✉️", evergreen_tree: "🌲", exclamation: "❗", eyes: "👀",
  face_with_thermometer: "🤒", family: "👪", fire: "🔥", fork_and_knife: "🍴", full_moon: "🌕", full_moon_with_face: "🌝", gear: "⚙️",
  green_circle: "🟢", green_square: "🟩", grey_question: "❔", grinning: "😀", hand: "✋", headphones: "🎧", heart: "❤️", heavy_check_mark: "✔️",
  herb: "🌿", hibiscus: "🌺", hourglass: "⌛", hourglass_flowing_sand: "⏳", house: "🏠", house_with_garden: "🏡", inbox_tray: "📥", incoming_envelope: "📨",
  key: "🔑", knife_fork_plate: "🍽️", large_blue_circle: "🔵", large_blue_square: "🟦", large_brown_square: "🟫", large_green_circle: "🟢",
  large_green_square: "🟩", large_orange_circle: "🟠", large_orange_square: "🟧", large_purple_circle: "🟣", large_purple_square: "🟪",
  large_red_circle: "🔴", large_red_square: "🟥", large_yellow_circle: "🟡", large_yellow_square: "🟨", leaves: "🍃", link: "🔗", lock: "🔒",
  mag: "🔍", mailbox: "📫", mailbox_with_mail: "📬", memo: "📝", microphone: "🎤", moon: "🌔", mute: "🔇", new_moon: "🌑",
  night_with_stars: "🌃", no_bell: "🔕", no_entry: "⛔", no_entry_sign: "🚫", ok_hand: "👌", orange_square: "🟧", outbox_tray: "📤",
  palm_tree: "🌴", pause_button: "⏸️", person_in_lotus_position: "🧘", person_walking: "🚶", plate_with_cutlery: "🍽️", pray: "🙏", purple_square: "🟪", pushpin: "📌",
  question: "❓", rainbow: "🌈", raised_hand: "✋", raised_hands: "🙌", red_circle: "🔴", red_square: "🟥", repeat: "🔁", rocket: "🚀",
  rotating_light: "🚨", running: "🏃", sailboat: "⛵", scales: "⚖️", school: "🏫", seedling: "🌱", shallow_pan_of_food: "🥘", shield: "🛡️",
  sleeping: "😴", slightly_smiling_face: "🙂", smile: "😄", smiley: "😃", snail: "🐌", sparkles: "✨", spiral_calendar_pad: "🗓️", speech_balloon: "💬",
  star: "⭐", stars: "🌠", stew: "🍲", stopwatch: "⏱️", sun_behind_cloud: "⛅", sun_with_face: "🌞", sunflower: "🌻", sunny: "☀️", sunrise: "🌅",
  sunrise_over_mountains: "🌄", tada: "🎉", tea: "🍵", technologist: "🧑‍💻", telephone_receiver: "📞", thinking_face: "🤔", thought_balloon: "💭", thumbsup: "👍", "+1": "👍",
  timer_clock: "⏲️", tomato: "🍅", train: "🚆", umbrella: "☔", unlock: "🔓", vertical_traffic_light: "🚦", walking: "🚶", warning: "⚠️", wastebasket: "🗑️",
  wave: "👋", white_check_mark: "✅", white_circle: "⚪", white_large_square: "⬜", white_square: "⬜", woman_in_lotus_position: "🧘‍♀️", writing_hand: "✍️",
  x: "❌", yellow_square: "🟨", yoga: "🧘", zap: "⚡", zzz: "💤",
};

/** The character for `name` (with or without colons), or null. */
export function emojiOf(name) {
  return TABLE[name.replaceAll(":", "")] ?? null;
}

/** A name read aloud: "large_blue_square" is "large blue square". */
export function emojiLabel(name) {
  return name.replaceAll(":", "").replaceAll("_", " ");
}

/** Plain text with its shortcodes as characters; for labels that can hold no markup. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (code, name) => emojiOf(name) ?? code);
}
