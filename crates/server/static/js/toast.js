// Short messages at the edge of the page; bad ones stay until they are closed.

/** Shows a message; tone is good, info or bad. */
export function toast(tone, text, link) {
  const box = document.createElement("div");
  box.className = `toast ${tone}`;
  const message = document.createElement("p");
  message.textContent = text;
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link.href, textContent: link.label, target: "_blank", rel: "noopener" });
    message.append(" ", anchor);
  }
  const close = document.createElement("button");
  Object.assign(close, { type: "button", textContent: "✕" });
  close.dataset.close = "";
  close.setAttribute("aria-label", "Close message");
  box.append(message, close);
  document.getElementById("toasts").append(box);
  if (tone !== "bad") setTimeout(() => box.remove(), 6000);
}
