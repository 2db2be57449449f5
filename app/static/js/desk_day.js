// The day goes on by itself: its line with the minutes, its page with whatever is changed elsewhere.
// Without this file the page shows what stood when it was asked for.
const SHOWN_MS = 1_500;
const HIDDEN_MS = 10_000;
const RENEWED_MS = 60_000; // what no version tells: cars that become late, times that are held no more
const LINE_MS = 20_000;
const STEP_MINUTES = 5;
const TYPING = "input, textarea, select, [contenteditable]";

const CUT = "cut"; // no connection, or a server that has trouble: it is asked again
const OVER = "over"; // the session has ended: nothing more is asked

const find = (selector) => document.querySelector(selector);
const note = document.getElementById("live-note");
const parts = () => [...document.querySelectorAll("[data-live][id]")];
const version = () => find("[data-version]").dataset.version;

// It opens where the hands are: around now, or at the visit one comes back from, on the board or in its list.
const open = () => {
  const board = document.getElementById("board");
  const line = find(".now");
  const cameFrom = location.hash.match(/^#visit-(\d+)$/);
  if (board?.clientHeight && line && !cameFrom) board.scrollTop = line.offsetTop - board.clientHeight / 3;
  const today = document.getElementById("today"); // in the week's list
  if (today?.offsetParent && !location.hash) today.scrollIntoView();
  if (cameFrom && !board?.clientHeight) document.getElementById(`row-${cameFrom[1]}`)?.scrollIntoView();
};

// The now line: what it says was true when the page was answered.
let renewed = Date.now();
const moveLine = () => {
  const line = find(".now[data-minutes]");
  if (!line) return;
  const passed = Math.floor((Date.now() - renewed) / 60_000);
  const clock = (Number(line.dataset.clock) + passed) % 1440;
  line.className = `now a${Math.floor((Number(line.dataset.minutes) + passed) / STEP_MINUTES)}`;
  line.querySelector("[data-now]").textContent = `${Math.floor(clock / 60)}:${String(clock % 60).padStart(2, "0")}`;
};

// Nothing is taken from under anybody's hands: a part in which somebody types or has opened a menu waits.
const isInUse = (part) =>
  Boolean(part.querySelector("details[open]")) ||
  (part.contains(document.activeElement) && document.activeElement.matches(TYPING));

const scrolled = (part) => [part, ...part.querySelectorAll("[tabindex='0']")];

const holder = (part) => {
  const at = document.activeElement;
  if (!part.contains(at)) return undefined;
  return at.id ? `#${CSS.escape(at.id)}` : at.getAttribute("href") && `a[href="${CSS.escape(at.getAttribute("href"))}"]`;
};

const renewPart = (part, fresh) => {
  if (part.isEqualNode(fresh)) return;
  const places = scrolled(part).map((each) => [each.scrollLeft, each.scrollTop]);
  const focused = holder(part);
  part.replaceChildren(...fresh.childNodes);
  [...fresh.attributes].forEach(({ name, value }) => part.setAttribute(name, value));
  scrolled(part).forEach((each, index) => each.scrollTo(...(places[index] ?? [0, 0])));
  if (focused) part.querySelector(focused)?.focus({ preventScroll: true });
};

// The session does not grow older by this, nor is it kept alive: a page that looks by itself is no use of it.
const ask = (address) => fetch(address, { headers: { "X-Garagenda-By-Itself": "1" }, redirect: "manual" });

const renew = async () => {
  const answer = await ask(location.href);
  if (!answer.ok) return answer.status >= 500 ? CUT : OVER;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (find("[data-carrying]")) return ""; // lifted meanwhile: the next look renews it
  parts().forEach((part) => {
    const other = fresh.getElementById(part.id);
    if (other) renewPart(part, other);
  });
  renewed = Date.now();
  moveLine();
  document.dispatchEvent(new CustomEvent("garagenda:renewed"));
  return "";
};

const say = (word) => {
  note.querySelectorAll("[data-said]").forEach((each) => {
    each.hidden = each.dataset.said !== word;
  });
};

const look = async () => {
  const answer = await ask(note.dataset.liveAddress);
  if (!answer.ok) return answer.status >= 500 ? CUT : OVER;
  const known = await answer.json();
  const isOld = String(known.version) !== version() || Date.now() - renewed > RENEWED_MS;
  return isOld && !parts().some(isInUse) && !find("[data-carrying]") ? renew() : "";
};

let timer;
let isLooking = false;
const goOn = async () => {
  clearTimeout(timer);
  if (isLooking) return;
  isLooking = true;
  let word = CUT;
  try {
    word = await look();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // that is how fetch says that there is no connection
  } finally {
    isLooking = false;
  }
  say(word);
  if (word !== OVER) timer = setTimeout(goOn, document.hidden ? HIDDEN_MS : SHOWN_MS);
};

// Somebody has just changed something here: shown at once, and the hand is where it was.
document.addEventListener("garagenda:changed", async ({ detail }) => {
  if (find("[data-carrying]")) return;
  try {
    await renew();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  if (detail.focus && !find("dialog[open]")) find(detail.focus)?.focus({ preventScroll: true });
});

open();
setInterval(moveLine, LINE_MS);
timer = setTimeout(goOn, SHOWN_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) goOn();
});
