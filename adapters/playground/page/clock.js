// The workspace's clock, carried on between two answers, and how instants are written in a person's zone.

let base = Date.parse("2026-01-01T00:00:00Z");
let mark = performance.now();
let speed = 0;

/** Take over the workspace's `now` (ISO) and speed. */
export function setClock(nowIso, newSpeed) {
  base = Date.parse(nowIso);
  mark = performance.now();
  speed = newSpeed;
}

/** The workspace's present instant as epoch milliseconds. */
export function now() {
  return base + (performance.now() - mark) * speed;
}

/** How fast it runs: 0 (paused), 1, 60, 600. */
export function clockSpeed() {
  return speed;
}

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

/** "10:15" */
export function timeIn(zone, at = now()) {
  return format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** "Mon 23 Nov" */
export function dayIn(zone, at = now()) {
  return format(zone, { weekday: "short", day: "numeric", month: "short" }).format(at).replace(",", "");
}

/** "Monday 23 November" */
export function longDayIn(zone, at) {
  return format(zone, { weekday: "long", day: "numeric", month: "long" }).format(at).replace(",", "");
}

/** "2026-11-23": the local date, comparable as text. */
export function dateIn(zone, at = now()) {
  const parts = Object.fromEntries(
    format(zone, { year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** "15:00", or with the day when it is another one: "Tue 24 Nov 09:00". */
export function whenIn(zone, at) {
  const sameDay = dateIn(zone, at) === dateIn(zone);
  return sameDay ? timeIn(zone, at) : `${dayIn(zone, at)} ${timeIn(zone, at)}`;
}

/** Minutes after local midnight. */
export function minuteIn(zone, at = now()) {
  const [hours, minutes] = timeIn(zone, at).split(":").map(Number);
  return hours * 60 + minutes;
}

/** "Europe/Lisbon" as people say it: "Lisbon". */
export function placeOf(zone) {
  return zone.split("/").at(-1).replaceAll("_", " ");
}

/** Minutes after midnight as "09:30"; 1440 is "24:00". */
export function wall(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Epoch milliseconds of a value that is an ISO instant or epoch seconds ("1763892000.000100" or a number). */
export function instant(value) {
  if (typeof value === "number") return value * 1000;
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
}
