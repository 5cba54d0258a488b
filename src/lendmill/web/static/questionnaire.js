// How long a question was really before the eyes, as a hint beside the server's own measure; the page works without it.
"use strict";

const form = document.querySelector("form[data-question]");
if (form) {
  let seen = 0, since = document.hidden ? null : performance.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && since !== null) { seen += performance.now() - since; since = null; }
    else if (!document.hidden && since === null) since = performance.now();
  });
  form.addEventListener("submit", () => {
    const now = since === null ? 0 : performance.now() - since;
    form.querySelector("[name=client_ms]").value = String(Math.round(seen + now));
  });
}
