// Fragments: a form or link asks for a whole page, and only the named elements of the answer are put in place.
// 422 is an answer like any other (the form with its messages); 5xx and no answer leave the page as it is.
import { leave } from "./guard.js";
import { toast } from "./toast.js";
import { countChoices } from "./choices.js";
import { settleAllPicks } from "./picks.js";
import { markMixed } from "./statuses.js";

const parser = new DOMParser();

/** Sends a form and puts the answer's elements in place. */
export async function submit(form, submitter) {
  const data = new URLSearchParams(new FormData(form, submitter));
  const parts = submitter?.dataset.swap ?? form.dataset.swap;
  // By attribute: a field named "action" hides the property of that name.
  const get = form.getAttribute("method") === "get";
  const url = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action"), location.href);
  if (get) {
    for (const name of [...data.keys()]) if (data.get(name) === "") data.delete(name);
    url.search = data;
    return form.closest("dialog") ? loadPart(url, parts) : visit(url, parts);
  }
  const answer = await ask(url, { method: "POST", body: data });
  if (!answer) return;
  // What failed before is no longer so.
  for (const told of document.querySelectorAll("#toasts > .toast.bad")) told.remove();
  const dialog = form.closest("dialog");
  const under = dialog && answer.ok && document.getElementById(form.dataset.refresh ?? "");
  if (under) showUnder(under, dialog, answer);
  else if (put(answer, parts, leave) && form.dataset.leads !== undefined && !dialog) follow(answer);
}

// A list that leads to the report of what was done with it, and back: the address follows, so that a reload shows the
// same and Back leads to where one was. What a list is answered with in its own place, such as a search, has no address.
function follow({ page, url, redirected }) {
  const { list } = history.state ?? {};
  if (!redirected && !list) return;
  const there = new URL(redirected ? url : list);
  there.searchParams.delete("notice");
  if (there.href !== location.href) history.pushState(redirected ? { list: location.href } : {}, "", there);
  document.title = page.title;
}

// What was done in a dialog shows on the page under it. What is typed and ticked there stays: a list with ticks is asked
// for again with them, of any other page only the named part is put in place.
function showUnder(under, dialog, { page }) {
  dialog.close();
  const picker = under.querySelector("form[data-picker]");
  const fresh = page.getElementById(under.id);
  if (picker) picker.requestSubmit();
  else if (fresh) replace(fresh);
  tellNotice(page);
}

/** Goes to an address by swapping, with a history entry of its own. */
export async function visit(address, ids) {
  const answer = await ask(address, {});
  if (!answer) return;
  if (put(answer, ids)) {
    history.pushState({}, "", answer.url);
    document.title = answer.page.title;
  }
}

/** Fetches an address and puts its elements in place, without a history entry. */
export async function load(address, ids) {
  const answer = await ask(address, {});
  if (answer && put(answer, ids)) document.title = answer.page.title;
}

/** The same for a part of a dialog: the page under it stays, and so does its title. */
export async function loadPart(address, ids) {
  const answer = await ask(address, {});
  if (answer) put(answer, ids);
}

/** Fetches a page; undefined when there is none to show, which a toast has told by then. */
export async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, { ...options, headers: { "X-Portico-Fragment": "1" }, credentials: "same-origin" });
  } catch {
    toast("bad", "Portico did not answer. Check the network and try again; what you typed is still here.");
    return undefined;
  }
  if (response.status === 401) {
    toast("bad", "Your session ended. Sign in again in a new tab, then send this again; what you typed is still here.", {
      href: "/sign-in", label: "Sign in in a new tab",
    });
    return undefined;
  }
  const page = parser.parseFromString(await response.text(), "text/html");
  if (response.status === 403 && (await renewToken(options.body))) return ask(address, options);
  if (!response.ok && response.status !== 422 && response.status !== 409) {
    const told = page.querySelector("[data-failure], .failure p, .plain-card p")?.textContent.trim();
    toast("bad", told || `That did not work (${response.status}). Try again; what you typed is still here.`);
    return undefined;
  }
  return { page, url: response.url, ok: response.ok, redirected: response.redirected };
}

// A form that was open while its session ended carries that session's token. Once the same person is signed in again, the
// present token takes its place, and the form can be sent again: true. Other pages of ours alone can read that token.
async function renewToken(body) {
  const sent = body?.get("csrf");
  if (!sent) return false;
  const response = await fetch("/profile", { credentials: "same-origin" }).catch(() => undefined);
  if (!response?.ok || response.redirected) return false;
  const { body: now } = parser.parseFromString(await response.text(), "text/html");
  const token = now.querySelector("input[name=csrf]")?.value;
  const { person } = document.body.dataset;
  // With the present token it was refused for another reason; and nobody sends what somebody else has typed.
  if (!token || token === sent || !person || now.dataset.person !== person) return false;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
  body.set("csrf", token);
  return true;
}

/** Leads to the first field that is to be typed or chosen anew. */
export function focusWrong() {
  const wrong = document.querySelector("[aria-invalid=true]");
  wrong?.closest("details")?.setAttribute("open", "");
  wrong?.focus();
}

/** Puts the named elements of a page in place of ours. Leads to the page itself when it has none of them. */
function put({ page, url }, ids, go = (address) => location.assign(address)) {
  const fresh = ids.split(" ").map((id) => page.getElementById(id)).filter(Boolean);
  if (fresh.length === 0) {
    go(url);
    return false;
  }
  for (const element of fresh) replace(element);
  tellNotice(page);
  focusWrong();
  // What came of a form is read, wherever the button was.
  const answer = fresh.map((one) => (one.matches("[data-answer]") ? one : one.querySelector("[data-answer]"))).find(Boolean);
  answer?.lastElementChild?.scrollIntoView({ block: "nearest" });
  return true;
}

// The counterpart of what had the focus: by id, else by name; of several with one name the one that says the same.
function counterpart(focused, fresh) {
  if (focused.id) return document.getElementById(focused.id);
  if (!focused.name) return null;
  const same = focused.matches("button, [type=checkbox], [type=radio]") ? `[value="${CSS.escape(focused.value)}"]` : "";
  return fresh.querySelector(`[name="${CSS.escape(focused.name)}"]${same}`);
}

function tellNotice(page) {
  const notice = page.querySelector("[data-notice] .banner");
  // What was told before is no longer the last word.
  if (notice) document.querySelector("[data-notice]")?.remove();
  if (notice) toast(notice.classList.contains("good") ? "good" : "info", notice.textContent.trim());
}

/** Puts one element in place of ours with the same id: typed secrets, open parts and the focus stay. */
export function replace(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  for (const typed of old.querySelectorAll("input[type=password][name]")) {
    const field = fresh.querySelector(`input[type=password][name="${CSS.escape(typed.name)}"]`);
    if (field) field.value = typed.value;
  }
  for (const open of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  old.replaceWith(document.adoptNode(fresh));
  fresh.querySelectorAll(".choices").forEach((list) => countChoices(list));
  markMixed(fresh);
  settleAllPicks(fresh);
  document.dispatchEvent(new Event("portico:replaced"));
  if (focused) {
    const again = counterpart(focused, fresh);
    // What has no counterpart leaves the focus to the whole, where that takes it.
    const next = again ?? (fresh.hasAttribute("tabindex") ? fresh : null);
    next?.focus({ preventScroll: true });
    // Typed on while the answer was under way: that is kept and asked for next.
    if (again?.matches("[data-type-submit]") && again.value !== focused.value) {
      again.value = focused.value;
      again.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (again?.setSelectionRange && typeof focused.selectionStart === "number") {
      again.setSelectionRange(focused.selectionStart, focused.selectionEnd);
    }
  }
}
