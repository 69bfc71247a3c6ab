// Checkbox lists with a search field: hides what does not match and counts what is ticked.

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
  const none = list.querySelector("[data-none]");
  if (none) none.hidden = shown > 0;
}

/** Brings the line under a list up to date. */
export function countChoices(element) {
  const list = element.closest?.(".choices");
  const line = list?.querySelector("[data-count]");
  if (!line) return;
  const ticked = list.querySelectorAll(".choices-list input:checked").length;
  line.textContent = ticked === 0 ? line.dataset.none : `${ticked} selected`;
}
