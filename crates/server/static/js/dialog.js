// Confirmations: the page a link leads to, shown as a dialog over the present one.
import { ask } from "./swap.js";

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
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.append(document.adoptNode(content));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
