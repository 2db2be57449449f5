// A visit beside the board: its card opens a drawer in place of its page, and what is done there is shown there.
// On phones, and without this file, the card leads to the page.
const drawer = document.getElementById("drawer");
const desk = document.querySelector(".desk");
const CARDS = ".ev, .slip, .tcard, .arow";
const narrow = matchMedia("(max-width: 48rem)");
const TYPING = "input, textarea, select";

let shown; // { href, id }: what the drawer shows
let asking;

const cardOf = () => shown && (document.querySelector(`#visit-${shown.id}`) ?? document.querySelector(`#row-${shown.id}`));
const mark = () => {
  document.querySelectorAll(`:is(${CARDS})[aria-current]`).forEach((card) => card.removeAttribute("aria-current"));
  cardOf()?.setAttribute("aria-current", "true");
};

const fill = (text) => {
  const scrolled = drawer.querySelector(".scroll")?.scrollTop ?? 0;
  drawer.innerHTML = text;
  drawer.setAttribute("aria-label", drawer.querySelector("[data-drawer-part]").dataset.name);
  drawer.querySelector(".scroll").scrollTop = scrolled;
};

const load = async (href) => {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(href, { headers: { "X-Garagenda-Part": "1", "X-Garagenda-By-Itself": "1" }, signal: asking.signal });
    const text = await answer.text();
    return answer.ok && text.includes("data-drawer-part") ? text : undefined;
  } catch (error) {
    if (error.name === "AbortError") return "";
    if (!(error instanceof TypeError)) throw error; // that is how fetch says that there is no connection
    return undefined;
  }
};

const open = async (card) => {
  const text = await load(card.href);
  if (text === "") return; // another card was quicker
  if (text === undefined) return location.assign(card.href);
  shown = { href: card.href, id: card.pathname.split("/").at(-1) };
  drawer.hidden = false;
  desk.classList.add("drawer-open");
  fill(text);
  drawer.querySelector(".scroll").scrollTop = 0;
  mark();
  drawer.querySelector("#drawer-name").focus({ preventScroll: true });
  cardOf()?.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const close = () => {
  const card = cardOf();
  asking?.abort();
  shown = undefined;
  drawer.hidden = true;
  drawer.replaceChildren();
  desk.classList.remove("drawer-open");
  mark();
  card?.focus({ preventScroll: true });
};

// What stands is shown again after each change, from here or elsewhere, but never under somebody's typing.
const renew = async () => {
  if (!shown) return;
  mark();
  if (drawer.contains(document.activeElement) && document.activeElement.matches(TYPING)) return;
  if (drawer.querySelector("details[open]")) return;
  const { id } = shown;
  const text = await load(shown.href);
  if (!text || shown?.id !== id) return;
  const held = drawer.contains(document.activeElement);
  fill(text);
  if (held) (drawer.querySelector(".next .btn") ?? drawer.querySelector("#drawer-name")).focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const card = event.target.closest(CARDS);
  if (!card || event.defaultPrevented || event.button || narrow.matches) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(card);
});

drawer.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) close();
});

drawer.addEventListener("submit", (event) => {
  event.preventDefault();
  const { action } = event.target;
  drawer.querySelectorAll("details[open]").forEach((each) => (each.open = false));
  document.dispatchEvent(new CustomEvent("garagenda:send", { detail: { address: action, body: new FormData(event.target, event.submitter) } }));
});

document.addEventListener("garagenda:part", ({ detail }) => shown && fill(detail));
document.addEventListener("garagenda:renewed", renew);
