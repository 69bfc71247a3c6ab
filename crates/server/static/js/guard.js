// Against double clicks: a form that was sent is not sent again until its answer is here. The server is safe without.
const busy = new WeakMap();

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
