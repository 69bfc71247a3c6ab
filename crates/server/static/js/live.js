// Live progress: one stream per page. The server sends finished elements; they take the place of those with their id.
import { load, replace } from "./swap.js";

let source;

/** Listens if the page has something live; again after the page comes back from the cache. */
export function listen() {
  connect();
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  window.addEventListener("pagehide", stop);
}

function connect() {
  stop();
  const place = document.querySelector("[data-live]");
  if (!place) return;
  source = new EventSource(place.dataset.live);
  source.addEventListener("part", (event) => {
    const template = document.createElement("template");
    template.innerHTML = event.data;
    for (const element of [...template.content.children]) if (element.id) update(element);
  });
  source.addEventListener("done", () => {
    stop();
    if (place.dataset.done) load(location.href, place.dataset.done);
  });
}

function stop() {
  source?.close();
  source = undefined;
}

// What is used right now is not taken away under the hands: the next change brings it.
function update(fresh) {
  const old = document.getElementById(fresh.id);
  if (old && !old.querySelector("select:focus, input:focus, dialog[open]")) replace(fresh);
}
