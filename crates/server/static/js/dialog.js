// Confirmations: the page a link leads to, shown as a dialog over the present one.
import { ask, load } from "./swap.js";
import { isUnsent } from "./guard.js";
import { settleAllPicks } from "./picks.js";

/** Opens the dialog of a page; leads to the page when it has none. */
export async function openDialog(address) {
  const answer = await ask(address, {});
  if (!answer) return;
  const content = answer.page.getElementById("dialog-content");
  if (!content) {
    location.assign(address);
    return;
  }
  const dialog = document.createElement("dialog");
  // A question in a dialog stands above it: its title is its own, whatever the ids under it are.
  dialog.setAttribute("aria-label", content.querySelector(".dialog-title")?.textContent.trim() ?? "");
  dialog.append(document.adoptNode(content));
  dialog.addEventListener("close", () => {
    const stale = dialog.querySelector("[data-stale]")?.dataset.stale;
    const under = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
    under.append(document.getElementById("toasts"));
    dialog.remove();
    document.dispatchEvent(new Event("portico:replaced"));
    // What was done in the dialog shows in the list under it.
    if (stale && document.getElementById(stale)) load(location.href, stale);
  });
  // Beside it and Esc are hit by mistake; Cancel and Close are not.
  dialog.addEventListener("cancel", (event) => {
    if (event.target === dialog && !mayClose(dialog)) event.preventDefault();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && mayClose(dialog)) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  settleAllPicks(dialog);
  document.dispatchEvent(new Event("portico:replaced"));
  // Messages are shown above the dialog and can be closed there.
  dialog.append(document.getElementById("toasts"));
}

function mayClose(dialog) {
  return !isUnsent(dialog) || confirm("Close this without sending it? What is selected and typed in it is lost.");
}
