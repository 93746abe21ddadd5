// Starts the page: reads the address, keeps in touch with the workspace, draws when something changed.

import { find, h, update } from "./dom.js";
import { listen } from "./api.js";
import { absent, bar, drawClients, isOn, showing } from "./clients.js";
import { chartPatterns } from "./charts.js";
import { clockSpeed } from "./clock.js";
import { drawComposer } from "./composer.js";
import { everybodysDay, moveNowLines } from "./day.js";
import { showModal } from "./dialogs.js";
import { entered } from "./elements.js";
import { faults } from "./faults.js";
import { drawHeader, tick } from "./header.js";
import { drawMessages } from "./messages.js";
import { patterns } from "./modes.js";
import { slackStatusButton } from "./ownstatus.js";
import { drawSidebar } from "./sidebar.js";
import { drawStory, story, watchStory } from "./story.js";
import { arrive, data, names, onDraw, perform, redraw, refresh, toast, ui } from "./store.js";
import { drawTeams } from "./teams.js";
import { theTeam } from "./teampanel.js";
import { alsoTeams } from "./teamsstore.js";
import { normsAndWaiting, why } from "./why.js";

let listening = { as: "", stop: () => {} };

function draw() {
  drawHeader();
  drawClients();
  watchStory();
  drawStory();
  drawSlack();
  drawTeams();
  drawPanel();
  drawModal();
  follow();
  tick();
}

const SLACK_LIST = { id: "sidebar", words: "Conversations" };

function drawSlack() {
  if (!data.state || showing() === "teams") return;
  const here = isOn("slack");
  update(
    find("#slack-bar"),
    bar("slack", "Platform workspace", SLACK_LIST, here ? slackStatusButton() : null),
  );
  find("#talk").classList.toggle("is-absent", !here);
  drawSidebar();
  drawComposer();
  if (here) return drawMessages();
  update(find("#place"));
  update(find("#scroll"), absent("slack"));
}

function drawPanel() {
  if (!data.state) return;
  const panel = find("#panel");
  panel.classList.toggle("open", ui.drawer === "panel");
  const quiet = h("p", { class: "soft", key: "quiet" }, "Boundary Bot has not told about anybody’s day yet.");
  const again = story.hidden
    ? h(
        "button",
        { type: "button", class: "text-button", key: "again", on: { click: story.show } },
        "Show the two-minute story again",
      )
    : null;
  update(
    panel,
    data.insight ? [everybodysDay(), why(), theTeam(), normsAndWaiting()] : [quiet, why()],
    faults(),
    again,
  );
  find("#veil").hidden = ui.drawer !== "panel";
}

function drawModal() {
  if (!data.state) return;
  showModal(isOn("slack") ? data.state.modal : null, {
    names,
    press: (block, item, value) =>
      perform("press", {
        view_id: data.state.modal.id,
        block_id: block.block_id,
        action_id: item.action_id,
        value,
        state: entered(find("#modal")),
      }),
    submit: (view, values) => perform("submit_view", { view_id: view.id, values }),
    close: (view) => perform("close_view", { view_id: view.id }),
  });
}

// One stream per viewer; each change means: fetch again.
function follow() {
  if (listening.as === ui.as) return;
  listening.stop();
  listening = { as: ui.as, stop: listen(ui.as, refresh, linked) };
}

function linked(up) {
  if (!up && ui.linked)
    toast("The connection to the workspace is gone. It comes back by itself while `make run` runs.");
  ui.linked = up;
  document.body.classList.toggle("unlinked", !up);
}

// `#<place>/<message>?as=<person>&show=<client>&chat=<Teams conversation>`; links to messages (`/archives/…`) lead here as
// `#<channel>/<ts>`.
function readAddress() {
  const found = /^#(home|[A-Z][A-Z0-9]+)?(?:\/(\d+\.\d+))?(?:\?(.*))?$/.exec(location.hash);
  if (!found || found[0] === "#") return false; // such as #talk, the skip link's
  const [, place = "", ts = "", query = ""] = found;
  const asked = new URLSearchParams(query);
  const { as, show, chat } = ui;
  Object.assign(ui, {
    as: asked.get("as") ?? as,
    show: asked.get("show") ?? show,
    chat: asked.get("chat") ?? chat,
    found: asked.get("found") ?? "",
    place,
    highlight: ts,
  });
  return true;
}

function closeDrawers() {
  const opened = ui.drawer;
  if (!opened) return;
  ui.drawer = "";
  redraw();
  queueMicrotask(() => find(`[aria-controls="${opened}"]`)?.focus());
}

let lastLook = performance.now();

// The clock's hands move between two answers; a fast clock is also asked again now and then.
function everyMoment() {
  tick();
  const dayOver = moveNowLines();
  const patience = clockSpeed() > 1 ? 2_000 : 15_000;
  if (document.hidden || (!dayOver && performance.now() - lastLook < patience)) return;
  if (dayOver && performance.now() - lastLook < 1_000) return;
  lastLook = performance.now();
  refresh();
}

document.body.prepend(patterns(), chartPatterns());
alsoTeams();
onDraw(draw);
readAddress();
addEventListener("hashchange", () => {
  if (readAddress()) arrive();
});
addEventListener("keydown", (event) => event.key === "Escape" && !find("dialog[open]") && closeDrawers());
find("#veil").addEventListener("click", closeDrawers);
// A list that is open as a drawer closes with a click into the talk beside it.
for (const talk of document.querySelectorAll(".talk"))
  talk.addEventListener("pointerdown", () => ui.drawer && ui.drawer !== "panel" && closeDrawers());
setInterval(everyMoment, 200);
arrive();
