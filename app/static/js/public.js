// The customer's pages with a little help. Every page works without this file; nothing is remembered.
const root = document.documentElement;
const all = (selector) => [...document.querySelectorAll(selector)];
root.classList.add("js");

// Services: number, time and price add up while they are ticked.
const duration = (minutes) => {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (!hours) return `${minutes} min`;
  return rest ? `${hours} h ${String(rest).padStart(2, "0")}` : `${hours} h`;
};

const money = (cents, currency) =>
  new Intl.NumberFormat(root.lang, {
    style: "currency",
    currency,
    minimumFractionDigits: cents % 100 ? 2 : 0,
    maximumFractionDigits: 2,
  }).format(cents / 100);

const showTotal = (line) => {
  const ticked = all("input[data-minutes]:checked");
  const sum = (key) => ticked.reduce((total, input) => total + Number(input.dataset[key] ?? 0), 0);
  const words = line.dataset;
  const count = ticked.length;
  const parts = [duration(sum("minutes"))];
  if (ticked.some((input) => input.dataset.cents)) {
    parts.push(words.from.replace("{price}", money(sum("cents"), words.currency)));
  }
  line.querySelector("b").textContent =
    count === 0 ? words.none : count === 1 ? words.one : words.many.replace("{n}", count);
  line.querySelector("span").textContent = count ? parts.join(" · ") : "";
};

const totals = all("[data-total]");
document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-minutes]")) totals.forEach(showTotal);
});
totals.forEach(showTotal);

// Plates: upper case, and the French dashes while typing; what we do not know is left alone.
const FRENCH = /^[A-Z]{2}(\d{0,3}|\d{3}[A-Z]{1,2})$/;
const written = (text, country) => {
  const plain = text.toUpperCase().replace(/[^A-Z0-9]/g, "");
  if (country !== "FR" || !FRENCH.test(plain)) return text.toUpperCase();
  return [plain.slice(0, 2), plain.slice(2, 5), plain.slice(5)].filter(Boolean).join("-");
};

const lettersBefore = (text, end) => text.slice(0, end).replace(/[^a-z0-9]/gi, "").length;

const rewrite = (input) => {
  const kept = lettersBefore(input.value, input.selectionStart);
  const atEnd = input.selectionStart === input.value.length;
  const text = written(input.value, input.dataset.country);
  if (text === input.value) return;
  input.value = text;
  let caret = text.length;
  if (!atEnd) caret = [...text].findIndex((_, end) => lettersBefore(text, end) === kept);
  input.setSelectionRange(caret, caret);
};

all("input[data-plate]").forEach((input) => {
  input.addEventListener("input", (event) => event.isComposing || rewrite(input));
});
all("select[data-plate-country]").forEach((select) => {
  const input = document.getElementById(select.dataset.plateCountry);
  const field = input.closest("[data-plate-field]");
  select.addEventListener("change", () => {
    input.dataset.country = select.value;
    input.placeholder = { FR: "AB-123-CD", GB: "AB12 CDE" }[select.value] ?? "";
    field.querySelector("[data-plate-sign]").textContent = select.selectedOptions[0].dataset.sign;
    field.querySelector("[data-plate-end]").hidden = select.value !== "FR";
    rewrite(input);
  });
});

// The chosen time stands in the action bar.
const say = (input) => all("[data-slot-said]").forEach((line) => (line.textContent = input.dataset.said));
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-slots] input")) say(event.target);
});
all("[data-slots] input:checked").forEach(say);

// A form is sent once; its button keeps its width and says that it is busy.
const busy = new Map();
document.addEventListener("submit", (event) => {
  if (busy.has(event.target)) return event.preventDefault();
  const button = event.submitter?.closest("[data-busy]");
  busy.set(event.target, button && [button, [...button.childNodes]]);
  if (!button) return undefined;
  button.style.width = `${button.offsetWidth}px`;
  button.setAttribute("aria-disabled", "true");
  button.textContent = button.dataset.busy;
  return undefined;
});
addEventListener("pageshow", () => {
  for (const kept of busy.values()) {
    if (!kept) continue;
    const [button, inside] = kept;
    button.replaceChildren(...inside);
    button.removeAttribute("aria-disabled");
    button.style.width = "";
  }
  busy.clear();
});

// What is wrong is read first; the chosen day is in view.
document.querySelector("[data-focus]")?.focus();
document.querySelector(".day[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
