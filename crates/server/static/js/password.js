// Passwords: looking at what is typed, and how long it is already.

/** Prepares every password field. */
export function passwords() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    const input = button.parentElement.querySelector("input");
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-label", shown ? "Hide what is typed" : "Show what is typed");
    input.focus();
  });
  document.addEventListener("input", (event) => {
    const line = event.target.id && document.querySelector(`[data-count-of="${CSS.escape(event.target.id)}"]`);
    if (!line) return;
    const length = [...event.target.value.normalize("NFKC")].length;
    const least = Number(line.dataset.least);
    line.hidden = length === 0;
    line.textContent = length < least ? `${length} of at least ${least} characters` : `${length} characters: long enough`;
  });
}
