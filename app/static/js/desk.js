// The desk by keyboard, and toasts that go by themselves. Every page works without this file.
const find = (selector) => document.querySelector(selector);
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const TOAST_MS = 10_000;

// Cards: up and down within a bay, left and right to the card of the next bay that is nearest in time.
const nearest = (cards, top) =>
  cards.reduce((best, card) => (Math.abs(card.offsetTop - top) < Math.abs(best.offsetTop - top) ? card : best));

const inOrder = (bay) => [...bay.querySelectorAll(".ev")].sort((one, other) => one.offsetTop - other.offsetTop);

const besideCard = (card, step) => {
  const bays = [...document.querySelectorAll(".bay")].filter((bay) => bay.querySelector(".ev"));
  const bay = bays[bays.indexOf(card.closest(".bay")) + step];
  return bay && nearest(inOrder(bay), card.offsetTop);
};

const nextCard = (card, key) => {
  if (key === "ArrowLeft") return besideCard(card, -1);
  if (key === "ArrowRight") return besideCard(card, 1);
  const cards = card.matches(".ev") ? inOrder(card.closest(".bay")) : [...document.querySelectorAll(".arow")];
  if (key === "ArrowUp") return cards[cards.indexOf(card) - 1];
  return key === "ArrowDown" ? cards[cards.indexOf(card) + 1] : undefined;
};

const moveAmongCards = (event) => {
  const card = event.target.closest(".ev, .arow");
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (!card || !event.key.startsWith("Arrow") || (sideways && card.matches(".arow"))) return false;
  nextCard(card, event.key)?.focus();
  event.preventDefault();
  return true;
};

// Keys: an element with data-key is pressed by that key. A board that can scroll keeps its arrows.
const keepsArrows = (target) => {
  const board = target.closest(".board");
  return Boolean(board) && board.scrollWidth > board.clientWidth;
};

const press = (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key.startsWith("Arrow") && keepsArrows(event.target)) return;
  const wanted = [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key);
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
};

const foldMenus = (except) => {
  const open = [...document.querySelectorAll("[data-menu][open]")].filter((menu) => menu !== except);
  open.forEach((menu) => {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  });
  return open.length > 0;
};

const escape = (event) => {
  if (event.target.matches(TYPING)) event.target.blur();
  else if (!foldMenus()) (find("[data-dismiss]:not([hidden])") ?? find("[data-close]"))?.click();
};

const undo = (event) => {
  const button = find("[data-undo]");
  if (!button) return;
  event.preventDefault();
  button.click();
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape") return escape(event);
  if (event.target.matches(TYPING)) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "z") return undo(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length === 1 && find("[data-keys=off]")) return; // a voice, or a slip of the hand, presses nothing
  const search = find("[data-search]");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (!moveAmongCards(event)) press(event);
});

// Toasts stay ten seconds, longer while the pointer or the focus is on them; a refusal stays until it is closed.
const mind = (toast) => {
  toast.dataset.minded = "";
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), TOAST_MS);
  };
  const hold = () => clearTimeout(timer);
  const close = toast.querySelector("[data-dismiss]");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => toast.remove());
  }
  if (toast.dataset.toast === "stays") return;
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  wait();
};
const mindToasts = () => document.querySelectorAll("[data-toast]:not([data-minded])").forEach(mind);
mindToasts();
document.addEventListener("garagenda:toasts", mindToasts);

document.addEventListener("click", (event) => {
  foldMenus(event.target.closest("[data-menu]"));
  if (event.target.closest("[data-print]")) print();
});
