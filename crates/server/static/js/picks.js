// Rows with ticks: the head tick, what can be ticked, and the count on the button. Without scripts every tick is sent
// as it is and the server says what is wrong.

/** Brings ticks and counts of a form up to date after something in it changed. */
export function updatePicks(element) {
  const form = element.closest?.("form[data-picker], form[data-bulk]");
  if (!form) return;
  const everyone = form.querySelector("[data-everyone]");
  if (element.matches("[data-tick-all]")) {
    for (const box of meant(form)) box.checked = element.checked;
    // In an import the head tick means all unlinked, as the guide says; elsewhere what is on the page.
    if (everyone && (!element.checked || form.matches("[data-picker]"))) everyone.checked = element.checked;
  }
  const anew = element.matches("[data-tick-all]") && (!element.checked || form.matches("[data-picker]"));
  if (everyone && (element === everyone || anew)) {
    // Beginning anew, nobody is left out; what loses its tick from here on is.
    for (const left of form.querySelectorAll("[data-except]")) left.remove();
    for (const box of known(form)) box.checked = everyone.checked;
    const shown = form.querySelector("[data-all-shown]");
    if (shown) shown.value = everyone.checked ? "1" : "";
  }
  const row = element.closest("tr");
  if (element.matches("[data-link]") && row) {
    const box = row.querySelector("[name=pick]");
    const chosen = element.value.trim() !== "";
    if (box && element.value !== (element.dataset.suggested ?? "")) box.checked = chosen;
  }
  if (element.matches("[name=pick]") && !element.checked && row) {
    const link = row.querySelector("[data-link]");
    if (link) link.value = link.dataset.suggested ?? "";
  }
  settlePicks(form);
}

/** Sets a form up: which boxes can be ticked, the head tick, the count. */
export function settlePicks(form) {
  for (const row of form.querySelectorAll("tr[data-pick=email]")) {
    const [box, email, link] = ["[name=pick]", "input[inputmode=email]", "[data-link]"].map((what) => row.querySelector(what));
    const valid = email.value.trim() !== "" && email.validity.valid;
    // A row the server has something to say about stays ticked until its message was dealt with.
    box.disabled = !valid && link.value.trim() === "" && !(box.checked && email.hasAttribute("aria-invalid"));
    box.title = box.disabled ? "Cannot be selected: a valid e-mail address is missing" : "";
    if (box.disabled) box.checked = false;
  }
  const ticked = boxes(form).filter((box) => !box.disabled && box.checked);
  const head = form.querySelector("[data-tick-all]");
  if (head) {
    const all = meant(form);
    head.checked = all.length > 0 && all.every((box) => box.checked);
    head.indeterminate = ticked.length > 0 && !head.checked;
    head.disabled = all.length === 0;
  }
  const everyone = form.querySelector("[data-everyone]");
  const counted = new Set(everyone?.checked ? known(form) : []);
  const left = everyone?.checked ? [...counted].filter((box) => !box.checked).length + form.querySelectorAll("[data-except]").length : 0;
  const whole = everyone?.checked ? Number(everyone.dataset.everyone) - left : 0;
  for (const note of form.querySelectorAll("[data-except-note]")) note.hidden = left === 0;
  for (const place of form.querySelectorAll("[data-except-count]")) place.textContent = left.toLocaleString("en");
  const count = whole + ticked.filter((box) => !counted.has(box)).length + form.querySelectorAll("[data-carried]").length;
  for (const place of form.querySelectorAll("[data-pick-count]")) place.textContent = count.toLocaleString("en");
  for (const place of form.id ? document.querySelectorAll(`[data-count-of="${form.id}"]`) : []) {
    place.textContent = count.toLocaleString("en");
    const part = place.closest("[data-count-part]");
    if (part) part.hidden = count === 0;
  }
  for (const button of form.querySelectorAll("[data-pick-button]")) button.disabled = count === 0;
  form.querySelector(".bulk")?.classList.toggle("some", count > 0);
}

function boxes(form) {
  return [...form.querySelectorAll("[name=pick]")].filter((box) => box.type === "checkbox");
}

// Those the head tick means: not what Quick Match has no proposal for, which would be made anew.
function meant(form) {
  return boxes(form).filter((box) => !box.disabled && box.closest("tr").dataset.pick !== "other");
}

// Those that "select all" covers: with an address on file.
function known(form) {
  return [...form.querySelectorAll("tr[data-pick=ready] [name=pick]")];
}

/** Sets up every such form in a part of the page. */
export function settleAllPicks(root) {
  const inside = [...root.querySelectorAll("form[data-picker], form[data-bulk]")];
  const own = root.closest?.("form[data-picker], form[data-bulk]");
  for (const form of own ? [own, ...inside] : inside) settlePicks(form);
}
