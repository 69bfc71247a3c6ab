// Against double clicks: a form that was sent is not sent again until its answer is here. The server is safe without:
// at worst a welcome e-mail is sent twice.
// And against lost input: a page with a changed form is not left without being asked.
const busy = new WeakMap();
let taken = false;

/** Marks a form as sent; false when it is being sent already. */
export function begin(form, submitter) {
  if (busy.has(form)) return false;
  busy.set(form, submitter);
  // After this turn: a switched-off button would not send its value.
  setTimeout(() => {
    if (!busy.has(form)) return;
    submitter?.setAttribute("aria-busy", "true");
    submitter?.setAttribute("aria-disabled", "true");
  });
  // A download answers without a new page.
  if (form.getAttribute("method") === "get") setTimeout(() => settle(form), 1500);
  return true;
}

/** The answer is here. */
export function settle(form) {
  const submitter = busy.get(form);
  busy.delete(form);
  submitter?.removeAttribute("aria-busy");
  submitter?.removeAttribute("aria-disabled");
}

/** Asks before a page is left on which a form marked with data-guard was changed and not sent. */
export function guardForms() {
  window.addEventListener("pageshow", () => { taken = false; });
  window.addEventListener("beforeunload", (event) => {
    if (taken || !isUnsent(document)) return;
    event.preventDefault();
    // Whoever stays can send the form that was about to leave again.
    setTimeout(() => document.querySelectorAll("form").forEach(settle));
  });
}

/** Whether a form marked with data-guard in a part of the page was changed and not sent. */
export function isUnsent(root) {
  return [...root.querySelectorAll("form[data-guard]")].some((form) => !busy.has(form) && isChanged(form));
}

/** Goes to the page a form led to: what was in it has been taken. */
export function leave(address) {
  taken = true;
  location.assign(address);
}

function isChanged(form) {
  // In a list to import from it is the selection that would be lost.
  if (form.matches("[data-picker]")) return form.querySelector("[data-pick-button]:not(:disabled)") !== null;
  // Refused, or somebody else was faster: what stands in it is stored nowhere.
  const refused = form.dataset.guard === "unsaved" || form.querySelector("[aria-invalid=true]");
  return Boolean(refused) || [...form.elements].some(isFieldChanged);
}

function isFieldChanged(field) {
  if (!field.name || field.matches(":disabled, [type=hidden]")) return false;
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) {
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(first, 0);
  }
  return field.matches("input, textarea") && field.value !== field.defaultValue;
}
