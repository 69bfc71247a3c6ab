// Live progress: the server sends finished elements; they take the place of those with their id. A part that is put in
// place later may bring its own stream, such as an import in a dialog.
import { load, replace } from "./swap.js";

const sources = new Map();

// How long after the focus has left: a button that is pressed meanwhile must still be there when it is let go.
const AFTER_USE = 500;

/** Listens if the page has something live and is seen; again after the page comes back from the cache. */
export function listen() {
  connect();
  document.addEventListener("portico:replaced", connect);
  document.addEventListener("focusout", () => setTimeout(catchUp, AFTER_USE));
  document.addEventListener("visibilitychange", connect);
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  window.addEventListener("pagehide", () => [...sources.keys()].forEach(stop));
}

/** Opens a stream for each live part that has none, and closes those whose part is gone. */
function connect() {
  // Over HTTP/1.1 six streams are all the connections a browser makes to one site, so a tab nobody sees has none. Seen
  // again, it opens new ones, and these begin with what is so by then.
  const places = document.hidden ? [] : [...document.querySelectorAll("[data-live]")];
  const wanted = new Set(places.map((place) => place.dataset.live));
  for (const address of sources.keys()) if (!wanted.has(address)) stop(address);
  for (const address of wanted) if (!sources.has(address)) open(address);
}

function open(address) {
  const source = new EventSource(address);
  sources.set(address, source);
  source.addEventListener("part", (event) => {
    if (!place(address)) return stop(address);
    const template = document.createElement("template");
    template.innerHTML = event.data;
    for (const element of [...template.content.children]) if (element.id) update(element);
  });
  source.addEventListener("done", () => {
    source.close();
    const done = place(address)?.dataset.done;
    if (done) load(location.href, done);
  });
}

function place(address) {
  return document.querySelector(`[data-live="${CSS.escape(address)}"]`);
}

function stop(address) {
  sources.get(address)?.close();
  sources.delete(address);
}

// Parts that came while what they take the place of was used, with that, by id.
const waiting = new Map();

// What is used right now is not taken away under the hands: the fresh part waits until it is left.
function update(fresh) {
  const old = document.getElementById(fresh.id);
  waiting.delete(fresh.id);
  // What says the same stays, and with it the focus and what is selected in it.
  if (!old || old.isEqualNode(fresh)) return;
  if (old.querySelector("select:focus, input:focus, dialog[open]")) waiting.set(fresh.id, { old, fresh });
  else replace(fresh);
}

// An answer that was put in place meanwhile is newer than what waits.
function catchUp() {
  for (const { old, fresh } of [...waiting.values()]) {
    if (old.isConnected) update(fresh);
    else waiting.delete(fresh.id);
  }
}
