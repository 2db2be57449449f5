// Booking by telephone: who calls and which places there are load while one types. The form works without it.
const form = document.querySelector("[data-call]");
const PAUSE_MS = 250;
const find = (selector) => form.querySelector(selector);
const all = (selector) => [...form.querySelectorAll(selector)];
const field = (name) => form.elements.namedItem(name);

// Whoever is faster than this file may stand on a button that it hides: the next field is theirs.
const overtaken = document.activeElement?.closest("[data-plain]");
form.querySelectorAll("[data-plain]").forEach((element) => (element.hidden = true));
form.querySelectorAll("[data-scripted]").forEach((element) => (element.hidden = false));
if (overtaken) {
  const isNext = (control) => overtaken.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING;
  [...form.elements].find((control) => isNext(control) && control.checkVisibility())?.focus();
}

// A part of the page, as the server renders it for what stands in the form. Only the last answer counts.
const loading = new Map();
const load = async (address, into) => {
  loading.get(into)?.abort();
  const stop = new AbortController();
  loading.set(into, stop);
  try {
    const answer = await fetch(address, { method: "POST", body: new FormData(form), signal: stop.signal });
    if (!answer.ok) return false;
    const part = await answer.text();
    if (stop.signal.aborted) return false;
    into.innerHTML = part;
    return true;
  } catch (error) {
    if (error.name === "AbortError" || error instanceof TypeError) return false; // overtaken, or cut off
    throw error;
  }
};

const mended = (id) => document.dispatchEvent(new CustomEvent("garagenda:mended", { detail: id }));

const afterPause = (work) => {
  let timer;
  const stop = () => clearTimeout(timer);
  const soon = () => {
    stop();
    timer = setTimeout(work, PAUSE_MS);
  };
  return Object.assign(soon, { stop });
};

// Places: whenever what decides them has changed.
const places = find("#arrives_at");
const DECIDES = ["service", "mode", "on", "at", "vehicle_class", "energy"];
const loadPlaces = async () => {
  if (!(await load(form.dataset.places, places))) return false;
  if (places.querySelector("[name=arrives_at]:checked")) mended("arrives_at");
  // Work that cannot be done the ticked way is proposed in the one way it can.
  const fitted = places.querySelector("[data-mode]");
  if (fitted) field("mode").value = fitted.dataset.mode;
  return true;
};
const loadPlacesSoon = afterPause(loadPlaces);

// Who calls: what is known fills fields that are empty, or hold what was filled in before.
const caller = find("#caller");
const filled = new Map();
const valueOf = (control) => (control.type === "checkbox" ? (control.checked ? control.value : "") : control.value);
const put = (control, value) => {
  if (control.type === "checkbox") control.checked = value === control.value;
  else control.value = value;
};

// What is known of somebody need not be seen: the name and the rest are folded as long as they are known.
const person = find("#person");
const fold = (isKnown) => {
  if (!person.contains(document.activeElement)) person.open = !isKnown;
};

const take = (facts, over) => {
  for (const [name, value] of Object.entries(facts)) {
    const control = field(name);
    const now = control ? valueOf(control) : "";
    const isHere = control === document.activeElement;
    if (!control || (isHere && now)) continue; // somebody is typing in it
    const isFree = over || !now || now === filled.get(name) || control.type === "select-one" || name === "known";
    if (!isFree) continue;
    put(control, value);
    filled.set(name, value);
    if (isHere && control.select) control.select(); // what is typed next replaces it
  }
  fold(field("known").value !== "");
  loadPlacesSoon();
};

const forget = () => {
  for (const [name, value] of filled) {
    const control = field(name);
    const looksUp = "looks" in control.dataset;
    if (!looksUp && control.type !== "select-one" && valueOf(control) === value) put(control, "");
  }
  filled.clear();
  field("known").value = "";
  fold(false);
};

const mark = () =>
  caller.querySelectorAll("[data-fill]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === field("known").value));
  });

const look = async () => {
  if (!(await load(form.dataset.caller, caller))) return false;
  const known = [...caller.querySelectorAll("[data-fill]")];
  const isKept = known.some((button) => button.value === field("known").value);
  if (!isKept && filled.size) forget();
  if (known.length === 1) take(JSON.parse(known[0].dataset.fill), false);
  mark();
  return true;
};
const lookSoon = afterPause(look);
// What was typed before this file had loaded counts as well.
if (all("[data-looks]").some((input) => input.value) && !field("known").value) lookSoon();
if (all("[name=service]:checked").length && !all("[name=arrives_at]").length) loadPlacesSoon();

// Choosing somebody fills the form, and shows their last visits.
const choose = async (button) => {
  take(JSON.parse(button.dataset.fill), true);
  mark();
  const key = button.value;
  if (await look()) all("[data-fill]").find((each) => each.value === key)?.focus();
};

// Repeating a visit ticks what was done and asks for places at once.
const repeat = async (button) => {
  const { codes, mode } = JSON.parse(button.dataset.repeat);
  all("[name=service]").forEach((input) => (input.checked = codes.includes(input.value)));
  field("mode").value = mode;
  filter.value = "";
  showRows();
  const list = find("#service");
  list.scrollTop = (rows.find((row) => row.querySelector("input").checked)?.offsetTop ?? 0) - list.clientHeight / 3;
  mended("service");
  loadPlacesSoon.stop(); // or it would overtake what is asked now
  if (await loadPlaces()) places.querySelector("[name=arrives_at]:checked")?.focus();
};

caller.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill], [data-repeat]");
  if (!button) return;
  event.preventDefault();
  (button.matches("[data-fill]") ? choose : repeat)(button);
});

form.addEventListener("input", (event) => {
  if ("looks" in event.target.dataset) lookSoon();
  if (DECIDES.includes(event.target.name)) loadPlacesSoon();
});

// Services: a list that gets shorter while one types; Enter ticks the first one left.
const filter = find("#filter");
const rows = all("#service label");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const showRows = () => {
  const words = plain(filter.value).split(/\s+/);
  rows.forEach((row) => {
    const isTicked = row.querySelector("input").checked;
    row.hidden = !isTicked && !words.every((word) => plain(row.textContent).includes(word));
  });
  all("#service fieldset").forEach((group) => {
    group.hidden = [...group.querySelectorAll("label")].every((row) => row.hidden);
  });
};

const tickFirst = () => {
  const first = filter.value && rows.find((row) => !row.hidden && !row.querySelector("input").checked);
  if (!first) return;
  first.querySelector("input").checked = true;
  filter.value = "";
  showRows();
  loadPlacesSoon();
};
filter.addEventListener("input", showRows);

// From plate or phone to what comes next: repeating the last visit, the services, or what is not known yet.
const goOn = async (from) => {
  lookSoon.stop(); // or it would overtake what is asked now
  if (!(await look()) || document.activeElement !== from) return;
  const asked = [field("plate"), field("phone"), field("name")].find((control) => !control.value);
  const next = field("known").value ? (caller.querySelector("[data-repeat]") ?? filter) : (asked ?? filter);
  next.focus();
};

// Enter never sends half a form: it takes the next step. Ctrl and Enter books.
const NO_STEP = "textarea, button, summary, a";
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  const books = event.ctrlKey || event.metaKey;
  if (!books && event.target.matches(NO_STEP)) return;
  event.preventDefault();
  if (books) return form.requestSubmit(find("button[value=book]"));
  if (event.target === filter) tickFirst();
  else if ("looks" in event.target.dataset) goOn(event.target);
});

// A form is sent once.
let isSent = false;
form.addEventListener("submit", (event) => {
  if (isSent) return event.preventDefault();
  isSent = true;
  const button = event.submitter;
  if (button?.dataset.busy) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  isSent = false;
  all("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
});
document.querySelector("[data-focus]")?.focus();
