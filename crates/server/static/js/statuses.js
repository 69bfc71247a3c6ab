// Statuses that several boards have: the row for all boards and the rows of the boards follow each other. Without scripts
// the server puts them together, and a board's own row holds.
import { isUnsent } from "./guard.js";

/** Follows a change of a box or a stage. */
export function followEverywhere(field) {
  const stages = field.closest?.(".card-body");
  if (field.matches?.(".stage-row input")) {
    if (stages.matches("[data-everywhere]")) followStage(field, stages);
    if (!stages.matches("[data-partial]")) countStages(stages);
    return;
  }
  const list = field.closest?.(".choices[data-everywhere]");
  if (list && field.type === "checkbox") followTick(field, list);
}

function followStage(field, root) {
  const row = field.closest(".stage-row");
  if (row.dataset.all !== undefined) {
    if (field.value === "board") return;
    for (const own of ownOf(root, row.dataset.all)) check(own, field.value);
  } else if (row.dataset.of) {
    const values = new Set(ownOf(root, row.dataset.of).map((own) => own.querySelector("input:checked")?.value));
    const all = root.querySelector(`[data-all="${CSS.escape(row.dataset.of)}"]`);
    // Of boards that are not shown nobody knows here.
    if (all) check(all, values.size === 1 && !root.matches("[data-partial]") ? [...values][0] : "board");
  }
}

function followTick(field, list) {
  const key = field.dataset.of;
  if (field.dataset.all !== undefined) {
    for (const own of ownOf(list, field.value)) own.checked = field.checked;
  } else if (key) {
    const own = ownOf(list, key);
    const ticked = own.filter((box) => box.checked).length;
    const all = list.querySelector(`[data-all][value="${CSS.escape(key)}"]`);
    if (!all) return;
    all.checked = ticked === own.length;
    all.indeterminate = ticked > 0 && !all.checked;
    // The boards' own boxes say it from here on.
    all.nextElementSibling.value = "board";
  }
}

function ownOf(root, key) {
  return [...root.querySelectorAll(`[data-of="${CSS.escape(key)}"]`)];
}

function check(row, value) {
  for (const radio of row.querySelectorAll("input[type=radio]")) radio.checked = radio.value === value;
}

function countStages(root) {
  for (const group of root.querySelectorAll("details.stage-group")) {
    const rows = group.querySelectorAll(".stage-row").length;
    const none = group.querySelectorAll(".stage-row input[value='']:checked").length;
    const place = group.querySelector("[data-staged]");
    place.textContent = none > 0 ? `${rows - none} of ${rows} have a stage` : `${rows} ${rows === 1 ? "status" : "statuses"}`;
    place.classList.toggle("warn-text", none > 0);
  }
}

/** Shows the statuses whose name, or the name of their board, has what is typed. */
export function filterRows(input) {
  if (!input.matches("[data-filter-rows]")) return;
  const root = input.closest(".card-body");
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of root.querySelectorAll(".stage-row")) {
    const text = row.querySelector("legend").textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
  showGroups(root, ".stage-group", ".stage-row", words.length > 0);
  const none = root.querySelector("[data-no-rows]");
  none.hidden = root.querySelector(".stage-row:not([hidden])") !== null;
}

/** Hides groups of which nothing is left; opens those that hold what is looked for, and puts them back afterwards. */
export function showGroups(root, groups, rows, searching) {
  for (const group of root.querySelectorAll(groups)) {
    group.hidden = group.querySelector(`${rows}:not([hidden])`) === null;
    if (group.tagName !== "DETAILS") continue;
    if (searching && group.dataset.was === undefined) group.dataset.was = group.open ? "open" : "";
    if (searching) group.open = true;
    else if (group.dataset.was !== undefined) {
      group.open = group.dataset.was === "open";
      delete group.dataset.was;
    }
  }
}

let finding;
/** Asks for the statuses that match, while the form stays as it is. */
export function findStatuses(input) {
  if (!input.matches("[data-find]")) return;
  clearTimeout(finding);
  finding = setTimeout(() => {
    // What comes back has what was changed as if it had always been so.
    if (isUnsent(document)) input.form.dataset.guard = "unsaved";
    input.form.requestSubmit(input.parentElement.querySelector("[value=find]"));
  }, 350);
}

/** Boxes that stand for some boards only. */
export function markMixed(root) {
  for (const box of root.querySelectorAll("input[data-mixed]")) box.indeterminate = true;
}
