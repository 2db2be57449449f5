// A screen in the workshop goes on by itself: the clock, and the day whenever something has changed at the desk.
const LOOK_MS = 1_500;
const CUT_MS = 4_000; // between the tries while there is no connection
const HIDDEN_MS = 10_000;
const RENEWED_MS = 60_000; // what no version tells: cars that become late, work whose turn has come
const CUT = "cut"; // no connection, or a server that has trouble: it is asked again
const OVER = "over"; // the link was ended: nothing more is asked, and nothing more is shown

const main = document.getElementById("main");
const notes = [...document.querySelectorAll("[data-said]")];
let renewed = Date.now();

const clockAt = (moment) => {
  const { minutes } = document.querySelector("[data-minutes]").dataset;
  const now = (Number(minutes) + Math.floor((moment - renewed) / 60_000)) % 1440;
  return `${Math.floor(now / 60)}:${String(now % 60).padStart(2, "0")}`;
};
const tick = () => (document.querySelector("[data-minutes]").textContent = clockAt(Date.now()));

let cutAt = "";
const say = (word) => {
  cutAt = word === CUT ? cutAt || clockAt(Date.now()) : "";
  notes.forEach((note) => {
    note.hidden = note.dataset.said !== word;
    if (word === CUT && note.dataset.text) note.textContent = note.dataset.text.replace("{time}", cutAt);
  });
  if (word !== OVER) return;
  main.querySelectorAll("header, #day").forEach((part) => part.remove());
  const title = document.createElement("h1");
  const heading = notes.find((note) => !note.hidden).querySelector("h2");
  title.textContent = document.title = heading.textContent;
  heading.replaceWith(title);
};

const ask = async (address) => {
  const answer = await fetch(address, { cache: "no-store" });
  if (answer.ok) return answer;
  return answer.status >= 500 || answer.status === 429 ? CUT : OVER;
};

const renew = async () => {
  const answer = await ask(location.href);
  if (typeof answer === "string") return answer;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  main.dataset.version = fresh.getElementById("main").dataset.version;
  for (const part of ["header", "#day"]) main.querySelector(part).replaceWith(fresh.querySelector(`main ${part}`));
  const symbols = [document, fresh].map((page) => page.querySelector(".sprite"));
  if (symbols[0] && symbols[1]) symbols[0].replaceWith(symbols[1]); // a state that was not on it before
  document.title = fresh.title;
  renewed = Date.now();
  return "";
};

const look = async () => {
  const answer = await ask(main.dataset.versionAddress);
  if (typeof answer === "string") return answer;
  const { version } = await answer.json();
  const isOld = String(version) !== main.dataset.version || Date.now() - renewed > RENEWED_MS;
  return isOld ? renew() : "";
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
  if (word === OVER) return;
  timer = setTimeout(goOn, document.hidden ? HIDDEN_MS : word === CUT ? CUT_MS : LOOK_MS);
};

// Where the browser lends it, the screen stays on.
const stayOn = () => navigator.wakeLock?.request("screen").catch(() => {});

const ticking = setInterval(() => (document.querySelector("[data-minutes]") ? tick() : clearInterval(ticking)), 1_000);
timer = setTimeout(goOn, LOOK_MS);
stayOn();
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  stayOn();
  if (document.querySelector("[data-minutes]")) goOn();
});
