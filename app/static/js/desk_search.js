// The search field fills a list below it while one types. Without this file it opens the search's own page.
const PAUSE_MS = 180;
const form = document.querySelector("form[role=search]");
const field = form?.querySelector("[data-search]");
const list = form?.querySelector("[data-found]");
const said = form?.querySelector("[role=status]");
const WAYS = "a.hit, .all a, .none a";

const ways = () => [...list.querySelectorAll(WAYS)];
const isOpen = () => !list.hidden;

const close = () => {
  list.hidden = true;
  said.textContent = "";
};

// Only the last answer counts, and only for what still stands in the field.
let answered = "";
let asking;
const ask = async () => {
  const text = field.value.trim();
  asking?.abort();
  if (!text) return close();
  asking = new AbortController();
  const address = new URL(form.action);
  address.search = new URLSearchParams({ q: text, as: "list" });
  try {
    const answer = await fetch(address, { signal: asking.signal });
    const part = document.createElement("template");
    part.innerHTML = await answer.text();
    const words = part.content.querySelector("[data-said]");
    if (!answer.ok || !words || field.value.trim() !== text) return; // signed out, or typed on
    answered = text;
    list.replaceChildren(part.content);
    list.hidden = !form.contains(document.activeElement);
    said.textContent = words.textContent;
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error; // overtaken, or cut off
  }
};

let timer;
const askSoon = () => {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE_MS);
};

// From the field down into the list and back; a row's telephone lies to its right.
const step = (target, key) => {
  const rows = ways();
  const here = rows.indexOf(target.closest("li, p")?.querySelector(WAYS) ?? target);
  if (key === "ArrowDown") return rows[here + 1] ?? target;
  if (key === "ArrowUp") return here > 0 ? rows[here - 1] : field;
  const row = target.closest("li");
  return (key === "ArrowRight" ? row?.querySelector("a[href^=tel]") : row?.querySelector("a.hit")) ?? target;
};

const fromField = (event) => {
  if (event.key === "ArrowDown") {
    list.hidden &&= !answered || answered !== field.value.trim(); // closed before, it opens again
    if (!isOpen() || !ways().length) return;
    event.preventDefault();
    ways()[0].focus();
  } else if (event.key === "Enter" && isOpen() && answered === field.value.trim() && list.querySelectorAll("li").length === 1) {
    const only = list.querySelector("a.hit");
    if (!only) return;
    event.preventDefault();
    only.click();
  } else if (event.key === "Escape" && isOpen()) {
    event.preventDefault();
    close();
  }
};

const fromList = (event) => {
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    step(event.target, event.key).focus();
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
    field.focus();
  }
};

if (form) {
  field.setAttribute("aria-controls", "found");
  field.setAttribute("aria-describedby", "found-hint");
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.target === field) fromField(event);
    else if (list.contains(event.target)) fromList(event);
  });
  field.addEventListener("input", askSoon);
  // What was typed before this file had loaded counts as well.
  if (document.activeElement === field && field.value.trim()) askSoon();
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  // A press on the list's own ground takes no focus away from the field.
  list.addEventListener("mousedown", (event) => {
    if (!event.target.closest("a")) event.preventDefault();
  });
}
