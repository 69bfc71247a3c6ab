// Checkbox lists with a search field: hides what does not match and counts what is ticked.
import { showGroups } from "./statuses.js";

/** Filters the list a search field belongs to. */
export function filterChoices(input) {
  if (!input.matches("[data-filter]")) return;
  const list = input.closest(".choices");
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const label of list.querySelectorAll(".choices-list label")) {
    const text = label.textContent.toLowerCase();
    label.hidden = !words.every((word) => text.includes(word));
    if (!label.hidden) shown += 1;
  }
  showGroups(list, ".choices-group", "label", words.length > 0);
  const none = list.querySelector("[data-none]");
  if (none) none.hidden = shown > 0;
}

/** Brings the line under a list, and those of its groups, up to date. */
export function countChoices(element) {
  const list = element.closest?.(".choices");
  const line = list?.querySelector("[data-count]");
  if (!line) return;
  const own = "input:checked:not([data-all])";
  const ticked = list.querySelectorAll(`.choices-list ${own}`).length;
  line.textContent = ticked === 0 ? line.dataset.none : `${ticked.toLocaleString("en")} selected`;
  for (const group of list.querySelectorAll("details.choices-group")) {
    const count = group.querySelectorAll(own).length;
    group.querySelector("[data-ticked]").textContent = count === 0 ? "" : `${count} selected`;
  }
}
