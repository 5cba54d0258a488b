// What the pages do by themselves: ask again while money is on its way, show the cost while the slider moves,
// and send each form once. Every page works without this file, with one more press of a button.
"use strict";

// Puts a piece of page the server drew in the place of another; the keyboard stays where it was.
async function swap(place, address, signal) {
  const answer = await fetch(address, { headers: { "X-Part": "1" }, signal, credentials: "same-origin" });
  if (answer.redirected) { window.location.reload(); return; }
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  if (!drawn) return;
  place.replaceWith(drawn);
  wake(drawn.parentElement ?? document);
}

// A place with data-ask is asked for again until the server draws it without: soon at first, then ever more rarely.
function keepAsking(place, waited = 700) {
  const again = Math.min(waited * 1.4, 10000);
  window.setTimeout(async () => {
    if (!place.isConnected) return;
    if (document.hidden) { document.addEventListener("visibilitychange", () => keepAsking(place, 200), { once: true }); return; }
    try {
      const answer = await fetch(place.dataset.ask, { headers: { "X-Part": "1" }, credentials: "same-origin" });
      if (answer.redirected) { window.location.reload(); return; }
      if (!answer.ok) { keepAsking(place, again); return; }
      const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
      if (drawn && drawn.dataset.ask) { keepAsking(place, again); return; }
      if (place.dataset.then === "reload") { window.location.reload(); return; }
      if (drawn) { place.replaceWith(drawn); wake(drawn); }
    } catch { keepAsking(place, again); }
  }, waited);
}

// The form with data-cost shows what borrowing costs as its fields change.
function showCost(form) {
  const slider = form.querySelector("input[type=range]");
  const amount = form.querySelector("[name=amount]");
  let timer = 0, asking = null;
  const refresh = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      const place = document.getElementById(form.dataset.cost);
      place.setAttribute("aria-busy", "true");
      try {
        await swap(place, `${form.dataset.costAt}?${new URLSearchParams(new FormData(form))}`, asking.signal);
      } catch (problem) { if (problem.name !== "AbortError") place.removeAttribute("aria-busy"); }
    }, 220);
  };
  if (slider && amount) {
    slider.addEventListener("input", () => { amount.value = Number(slider.value).toLocaleString("en-US"); refresh(); });
    amount.addEventListener("input", () => { const typed = Number(amount.value.replace(/[,¥\s]/g, "")); if (Number.isFinite(typed)) slider.value = String(typed); });
    slider.hidden = false;
  }
  form.addEventListener("input", (event) => { if (event.target !== slider) refresh(); });
  form.querySelector("[data-plain]")?.setAttribute("hidden", "");
}

// A form is sent once, however often its button is pressed.
function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
}

// A button with data-fill writes its amount into a field.
function fill(button) {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.fill);
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

function wake(within) {
  const all = (what) => [...(within.matches?.(what) ? [within] : []), ...within.querySelectorAll(what)];
  all("[data-ask]").forEach((place) => keepAsking(place));
  all("form[data-cost]").forEach(showCost);
  all("form[data-once]").forEach(once);
  all("[data-fill]").forEach(fill);
}

// Coming back with the back button: the forms can be sent again.
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
wake(document);
