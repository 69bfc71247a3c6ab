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
    const [least, most] = [Number(line.dataset.least), Number(line.dataset.most)];
    line.hidden = length === 0;
    if (length < least) line.textContent = `${length} of at least ${least} characters`;
    else if (length > most) line.textContent = `${length} characters: at most ${most} can be used`;
    else line.textContent = `${length} characters: long enough`;
  });
}
