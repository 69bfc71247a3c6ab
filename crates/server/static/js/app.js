// What pages gain when scripts run. Every page works without: forms post, links lead somewhere, dialogs are pages.
import { ask, focusWrong, load, loadPart, replace, submit, visit } from "./swap.js";
import { begin, guardForms, settle } from "./guard.js";
import { filterChoices, countChoices } from "./choices.js";
import { settleAllPicks, updatePicks } from "./picks.js";
import { listen } from "./live.js";
import { openDialog } from "./dialog.js";
import { passkeys } from "./passkey.js";
import { passwords } from "./password.js";
import { filterRows, findStatuses, followEverywhere, markMixed } from "./statuses.js";

document.documentElement.classList.add("js");

// Capture, so that a second click is stopped before anything else sees it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!begin(form, event.submitter)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.dataset.swap || event.submitter?.dataset.swap) {
    event.preventDefault();
    submit(form, event.submitter).finally(() => settle(form));
  }
}, true);

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!plain || event.defaultPrevented) return;
  const link = event.target.closest("a[data-dialog], a[data-swap]");
  if (link?.dataset.dialog !== undefined) {
    event.preventDefault();
    link.closest("details.drop")?.removeAttribute("open");
    openDialog(addressOf(link));
  } else if (link) {
    event.preventDefault();
    if (link.closest("dialog")) loadPart(link.href, link.dataset.swap);
    else visit(link.href, link.dataset.swap);
  }
  const drop = event.target.closest("details.drop");
  for (const open of document.querySelectorAll("details.drop[open]")) if (open !== drop) open.removeAttribute("open");
  const close = event.target.closest("[data-close]");
  if (close) {
    // A message that is shown above a dialog is closed alone.
    const dialog = close.closest(".toast") ? null : close.closest("dialog");
    if (dialog) {
      event.preventDefault();
      dialog.close();
    } else {
      close.parentElement.remove();
    }
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  followEverywhere(event.target);
  countChoices(event.target);
  updatePicks(event.target);
});

document.addEventListener("keydown", (event) => {
  const drop = event.key === "Escape" && event.target.closest("details.drop[open]");
  if (drop) {
    drop.removeAttribute("open");
    drop.querySelector("summary").focus();
  }
});

// A dialog about a form that was not sent yet is told the field it depends on.
function addressOf(link) {
  const field = document.getElementById(link.dataset.with ?? "");
  if (!field) return link.href;
  const address = new URL(link.href);
  address.searchParams.set(field.name, field.value);
  return address.href;
}

let typing;
let finding;
document.addEventListener("input", (event) => {
  filterChoices(event.target);
  filterRows(event.target);
  findStatuses(event.target);
  if (event.target.matches("[inputmode=email], [data-link]")) updatePicks(event.target);
  if (event.target.matches("[data-people]")) {
    clearTimeout(finding);
    finding = setTimeout(() => findPeople(event.target), 250);
  }
  if (event.target.matches("[data-type-submit]")) {
    clearTimeout(typing);
    const form = event.target.form;
    typing = setTimeout(() => form.requestSubmit(), 350);
  }
});

// More users than a list can offer are found by what is typed.
async function findPeople(input) {
  const answer = await ask(`${input.dataset.people}?search=${encodeURIComponent(input.value)}`, {});
  const fresh = answer?.page.getElementById("picker-people");
  if (fresh) replace(fresh);
}

// A page from the back-forward cache must not keep its buttons switched off.
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(settle));
window.addEventListener("popstate", () => load(location.href, "content"));

// A notice is told once: reload and bookmark do not repeat it.
const here = new URL(location.href);
if (here.searchParams.has("notice")) {
  here.searchParams.delete("notice");
  history.replaceState(history.state, "", here);
}

// Of a line of tabs wider than the screen the present one is in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current=page]")) {
  tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
}
document.querySelectorAll(".choices").forEach((list) => countChoices(list));
markMixed(document.body);
settleAllPicks(document.body);
focusWrong();
listen();
guardForms();
passwords();
passkeys();
