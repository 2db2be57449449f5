// Visits carried over the board: by mouse, by a finger that rests a moment, and by keyboard. What is let go is told
// to js/desk_drop.js; nothing is stored here. Without this file a visit moves by the form on its own page.
const STEP_MS = 300_000;
const QUARTER = 3; // steps of five minutes
const SLOP = 6; // pixels that a hand may tremble before it carries
const PRESS_MS = 350; // how long a finger rests before it carries; sooner it scrolls
const EDGE = 56; // pixels from the rim of the board within which it scrolls along
const PACE = 14;

const carry = document.getElementById("carry");
const status = document.getElementById("carry-said");
const words = carry.dataset;
const board = () => document.getElementById("board");
const columns = () => [...document.querySelectorAll(".bay[data-resource]")];
const cells = () => [...document.querySelectorAll("td[data-on][data-resource]")];
const number = (element, letter) => Number(element.className.match(new RegExp(`\\b${letter}(\\d+)\\b`))?.[1] ?? 0);
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const say = (text) => (status.textContent = text);
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

// The wall's time of a step, read from the hours that the board shows, for the clocks may change.
const clock = (step) => {
  const hours = [...board().querySelectorAll(".hours span")].map((each) => each.textContent.split(":")[0]);
  const hour = Math.floor(step / 12);
  const shown = hours[hour] ?? String((Number(hours.at(-1)) + hour - hours.length + 1) % 24);
  return `${shown}:${String((step % 12) * 5).padStart(2, "0")}`;
};

let held; // { card, how, hand, from, to, ghost, grip, x, y }

// Where a card lies, and where it would: a column with start and length in steps, a cell of the week, or the tray.
const whereIs = (card) => {
  const column = card.closest(".bay");
  if (column) return { column, at: number(card, "a"), length: number(card, "d") };
  const length = Math.max(1, Number(card.dataset.minutes) / 5);
  return { cell: card.closest("td"), at: 0, length };
};

const nameOf = (to) => {
  if (to.tray) return words.trayName;
  const label = (to.column ?? to.cell).getAttribute("aria-label");
  return to.column ? fill(words.at, { place: label, from: clock(to.at), until: clock(to.at + to.length) }) : label;
};

const draw = () => {
  const { ghost, to, card } = held;
  document.querySelectorAll(".over").forEach((each) => each.classList.remove("over"));
  (to.tray ?? to.cell)?.classList.add("over");
  if (!to.column) return ghost.remove();
  ghost.className = `${card.classList.contains("ev") ? card.className : "ev"} carry-ghost`.replace(/\b([ad]\d+|carried)\b/g, "");
  ghost.classList.add(`a${to.at}`, `d${to.length}`);
  ghost.querySelector(".carry-time").textContent = `${clock(to.at)} – ${clock(to.at + to.length)}`;
  if (ghost.parentElement !== to.column) to.column.append(ghost);
};

const copyOf = (card) => {
  const ghost = document.createElement("div");
  ghost.dataset.s = card.dataset.s ?? "confirmed";
  ghost.innerHTML = card.innerHTML;
  ghost.insertAdjacentHTML("beforeend", '<b class="carry-time num"></b>');
  ghost.setAttribute("aria-hidden", "true");
  return ghost;
};

const lift = (card, how, hand, grip = 0) => {
  const from = whereIs(card);
  held = { card, how, hand, grip, from, to: { ...from }, ghost: copyOf(card) };
  card.classList.add("carried");
  carry.dataset.carrying = how;
  document.body.classList.add(how === "stretch" ? "stretching" : "carrying");
  const zone = document.getElementById("carry-tray");
  if (zone) zone.hidden = how === "stretch" || !("placed" in card.dataset);
  draw();
};

const putDown = () => {
  document.body.classList.remove("carrying", "stretching");
  document.querySelectorAll(".over").forEach((each) => each.classList.remove("over"));
  const zone = document.getElementById("carry-tray");
  if (zone) zone.hidden = true;
  clearInterval(scrolling);
  held = undefined;
};

const release = (card, ghost) => () => {
  ghost.remove();
  card.classList.remove("carried");
  delete carry.dataset.carrying;
};

const cancel = () => {
  const { card, ghost, hand } = held;
  release(card, ghost)();
  putDown();
  if (hand === "keys") {
    card.focus({ preventScroll: true });
    say(words.back);
  }
};

// What the server is asked: a start of the work, or a date; the column's bay or technician; another length.
const fieldsOf = ({ card, from, to }) => {
  const place = to.column ?? to.cell;
  const fields = { [place.dataset.kind]: place.dataset.resource };
  if (to.cell) return { ...fields, on: to.cell.dataset.on };
  const stays = to.at === from.at && to.column === from.column;
  const starts = new Date(Date.parse(board().dataset.startsAt) + to.at * STEP_MS).toISOString();
  fields.works_at = stays && card.dataset.works ? card.dataset.works : starts;
  if (to.length !== from.length) fields.work_minutes = Number(card.dataset.minutes) + (to.length - from.length) * 5;
  return fields;
};

const letGo = () => {
  const { card, ghost, from, to, hand } = held;
  const isSame = to.column === from.column && to.cell === from.cell && to.at === from.at && to.length === from.length;
  if (!(to.column || to.cell || to.tray) || (!to.tray && isSame)) return cancel();
  const fields = to.tray ? {} : fieldsOf(held);
  const undo = release(card, ghost);
  ghost.classList.add("sent");
  putDown();
  if (hand === "keys") say(words.sent);
  const detail = { address: to.tray ? words.unplan : words.drop, card, fields, putBack: undo, byKeys: hand === "keys" };
  document.dispatchEvent(new CustomEvent("garagenda:let-go", { detail }));
};

// By pointer
const snapOf = (card, isFine) => {
  if (isFine) return 1;
  return card.dataset.mode === "wait" ? Math.max(1, Number(board().dataset.slot) / 5) : QUARTER;
};

const follow = (event) => {
  const { card, how, from, grip } = held;
  const inside = (element) => {
    const box = element.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top && event.clientY < box.bottom;
  };
  const tray = how === "move" && "placed" in card.dataset && [...document.querySelectorAll("[data-tray]:not([hidden])")].find(inside);
  if (tray) return (held.to = { tray });
  if (!board()) {
    held.to = { cell: cells().find(inside) };
    return undefined;
  }
  const column = how === "stretch" ? from.column : columns().find(inside);
  if (!column) return (held.to = {});
  const box = column.getBoundingClientRect();
  const steps = Number(board().dataset.steps);
  const at = (event.clientY - box.top) / (box.height / steps);
  const step = snapOf(card, event.shiftKey);
  const near = (value) => Math.round(value / step) * step;
  held.to =
    how === "stretch"
      ? { ...from, length: clamp(near(at) - from.at, 1, steps - from.at) }
      : { column, at: clamp(near(at - grip), 0, steps - 1), length: from.length };
  return undefined;
};

let scrolling;
const scrollAlong = () => {
  const frame = board() ?? document.querySelector(".week-wrap");
  if (!held?.pointer || !frame) return;
  const { top, bottom, left, right } = frame.getBoundingClientRect();
  const { clientX, clientY } = held.pointer;
  const dy = clientY > bottom - EDGE && clientY < bottom + EDGE ? PACE : clientY < top + 2 * EDGE && clientY > top ? -PACE : 0;
  const dx = clientX > right - EDGE ? PACE : clientX < left + EDGE ? -PACE : 0;
  const before = [frame.scrollLeft, frame.scrollTop];
  frame.scrollBy(dx, dy);
  if (before[0] !== frame.scrollLeft || before[1] !== frame.scrollTop) {
    follow(held.pointer);
    draw();
  }
};

let pressed; // { card, how, x, y, grip, timer, id }
const forget = () => {
  clearTimeout(pressed?.timer);
  pressed = undefined;
};

const take = () => {
  const { card, how, grip } = pressed;
  forget();
  getSelection()?.removeAllRanges();
  lift(card, how, "pointer", grip);
  scrolling = setInterval(scrollAlong, 30);
};

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-carry]");
  if (!card || event.button !== 0 || held || carry.dataset.carrying) return;
  const how = event.target.closest(".grip") ? "stretch" : "move";
  if (!(how === "move" ? "moves" in card.dataset : "stretches" in card.dataset)) return;
  const column = card.closest(".bay")?.getBoundingClientRect();
  const grip = column ? (event.clientY - card.getBoundingClientRect().top) / (column.height / Number(board().dataset.steps)) : 1;
  pressed = { card, how, grip, x: event.clientX, y: event.clientY, id: event.pointerId };
  if (event.pointerType === "touch") pressed.timer = setTimeout(take, how === "stretch" ? 0 : PRESS_MS);
});

document.addEventListener("pointermove", (event) => {
  if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLOP) {
    if (event.pointerType === "touch") forget();
    else take();
  }
  if (held?.hand !== "pointer") return;
  held.pointer = event;
  follow(event);
  draw();
});

let wasCarried = false;
document.addEventListener("pointerup", () => {
  forget();
  if (held?.hand !== "pointer") return;
  wasCarried = true; // the click that follows opens nothing
  setTimeout(() => (wasCarried = false));
  letGo();
});
document.addEventListener("pointercancel", () => {
  forget();
  if (held?.hand === "pointer") cancel();
});
const unless = (isSo) => (event) => {
  if (!isSo(event)) return;
  event.preventDefault();
  event.stopPropagation();
};
document.addEventListener("click", unless(() => wasCarried), true);
document.addEventListener("dragstart", unless((event) => event.target.closest?.("[data-carry]")));
document.addEventListener("contextmenu", unless(() => held || pressed?.timer));
document.addEventListener("touchmove", unless(() => held), { passive: false });

// By keyboard: M lifts, arrows carry, Shift and arrows stretch, Enter lets go, Escape puts back, Delete clears the place.
const neighbour = (list, one, step) => list[clamp(list.indexOf(one) + step, 0, list.length - 1)];

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const carryTo = ({ key, altKey, shiftKey }) => {
  const [sideways, along] = ARROWS[key];
  const { to, card } = held;
  if (!board()) {
    const rows = cells().filter((cell) => (along ? cell.cellIndex === (to.cell?.cellIndex ?? 1) : cell.parentElement === to.cell?.parentElement));
    held.to = { cell: neighbour(rows.length ? rows : cells(), to.cell, sideways + along) };
  } else if (!to.column) {
    const now = Math.max(0, Math.round((Date.now() - Date.parse(board().dataset.startsAt)) / STEP_MS / QUARTER)) * QUARTER;
    held.to = { column: columns()[0], at: now < Number(board().dataset.steps) ? now : 0, length: to.length };
  } else if (shiftKey && along && "stretches" in card.dataset) {
    held.to = { ...to, length: clamp(to.length + along * QUARTER, 1, Number(board().dataset.steps)) };
  } else if ("moves" in card.dataset) {
    const step = snapOf(card, altKey);
    const at = clamp(along > 0 ? (Math.floor(to.at / step) + 1) * step : along ? (Math.ceil(to.at / step) - 1) * step : to.at, 0, Number(board().dataset.steps) - 1);
    held.to = { ...to, at, column: neighbour(columns(), to.column, sideways) };
  }
  draw();
  (held.ghost.isConnected ? held.ghost : held.to.cell)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(nameOf(held.to));
};

const keyOfHeld = (event) => {
  if (event.key in ARROWS) carryTo(event);
  else if (event.key === "Enter") letGo();
  else if (event.key === "Escape") cancel();
  else if (event.key !== "Shift" && event.key !== "Alt") return event.key === "Tab" ? cancel() : undefined;
  if (event.key !== "Tab") event.preventDefault();
  return undefined;
};

document.addEventListener(
  "keydown",
  (event) => {
    if (held?.hand === "pointer") return event.key === "Escape" && (event.preventDefault(), cancel());
    if (held) return keyOfHeld(event);
    const card = event.target.closest?.("[data-carry]");
    if (!card || event.ctrlKey || event.metaKey || event.altKey || carry.dataset.carrying) return undefined;
    const mayMove = "moves" in card.dataset;
    if (event.key.toLowerCase() === "m" && !document.querySelector("[data-keys=off]")) {
      event.preventDefault();
      lift(card, "move", "keys");
      say(fill(words.lifted, { place: card.closest(".bay") ? nameOf(held.to) : words.trayName }));
    } else if (event.key === "Delete" && mayMove && "placed" in card.dataset) {
      event.preventDefault();
      lift(card, "move", "keys");
      held.to = { tray: true };
      letGo();
    }
    return undefined;
  },
  true,
);
