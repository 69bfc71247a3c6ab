// What pages gain when scripts run. Every page works without: forms post, links lead somewhere, dialogs are pages.
import { load, submit, visit } from "./swap.js";
import { begin, settle } from "./guard.js";
import { filterChoices, countChoices } from "./choices.js";
import { listen } from "./live.js";
import { openDialog } from "./dialog.js";

document.documentElement.classList.add("js");

// Capture, so that a second click is stopped before anything else sees it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!begin(form, event.submitter)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.dataset.swap) {
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
    openDialog(link.href);
  } else if (link) {
    event.preventDefault();
    visit(link.href, link.dataset.swap);
  }
  const close = event.target.closest("[data-close]");
  if (close) {
    const dialog = close.closest("dialog");
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
  countChoices(event.target);
});

let typing;
document.addEventListener("input", (event) => {
  filterChoices(event.target);
  if (event.target.matches("[data-type-submit]")) {
    clearTimeout(typing);
    const form = event.target.form;
    typing = setTimeout(() => form.requestSubmit(), 350);
  }
});

// A page from the back-forward cache must not keep its buttons switched off.
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(settle));
window.addEventListener("popstate", () => load(location.href, "content"));

// A notice is told once: reload and bookmark do not repeat it.
const here = new URL(location.href);
if (here.searchParams.has("notice")) {
  here.searchParams.delete("notice");
  history.replaceState(history.state, "", here);
}

document.querySelectorAll(".choices").forEach((list) => countChoices(list));
listen();
