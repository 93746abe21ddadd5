// Short alerts. One that comes while a form is open stands in front of it: what is beside an open dialog lies behind it.

const SECONDS = 7;
let fading = 0;

/** Show a short alert, above whatever is open. */
export function toast(words) {
  const box = document.getElementById("toast");
  lift(box);
  box.textContent = words;
  box.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => box.classList.remove("shown"), SECONDS * 1000);
}

/** Open `dialog` over everything; an alert that is still being read comes along. */
export function openDialog(dialog) {
  dialog.showModal();
  dialog.addEventListener("close", () => lift(document.getElementById("toast")), { once: true });
  lift(document.getElementById("toast"));
}

// A closed dialog takes what is in it off the screen, so the alert moves to the next one, or back to the page.
function lift(box) {
  const open = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (box && box.parentNode !== open) open.append(box);
}
