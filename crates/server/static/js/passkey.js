// Passkeys: the browser's part of making one and of signing with one. The page brings the options; the answer travels as
// a field of its form, so that everything else is a form like any other.

/** Prepares the forms that a passkey answers. */
export function passkeys() {
  for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
}

function prepare(form) {
  const go = form.querySelector("[data-passkey-go]");
  const problem = whyNot(form);
  if (problem) {
    tell(form, problem);
    go.disabled = true;
    return;
  }
  go.addEventListener("click", () => answer(form, go));
  if (form.dataset.now !== undefined) answer(form, go);
}

/** Why no passkey can be used on this page, in words; undefined when one can. */
function whyNot(form) {
  if (location.hostname !== form.dataset.host) {
    return `Passkeys work only at ${form.dataset.origin}. Open Portico there, or use another way.`;
  }
  if (!window.isSecureContext) return "Passkeys need https. Use another way.";
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
    return "This browser does not know passkeys. Use a newer one, or another way.";
  }
  return undefined;
}

async function answer(form, go) {
  if (!form.reportValidity()) return;
  tell(form, "");
  go.disabled = true;
  try {
    const { publicKey } = JSON.parse(form.dataset.options);
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.requestSubmit();
  } catch (error) {
    tell(form, inWords(error));
    go.disabled = false;
  }
}

function inWords(error) {
  if (error.name === "InvalidStateError") return "This device has a passkey for your account already.";
  // Browsers say the same of a device that cannot tell who holds it, which the server asks for.
  if (error.name === "NotAllowedError") {
    return "Nothing was confirmed, or it took too long. A security key needs a PIN set on it. Try again.";
  }
  return `The browser refused: ${error.message}. Try again, or use another way.`;
}

function tell(form, text) {
  const line = form.querySelector("[data-passkey-told]");
  line.textContent = text;
  line.hidden = text === "";
}
