// What is let go on the board is sent, and its answer put into the open page: a sentence with Undo, or why it stays.
const carry = document.getElementById("carry"); // who may carry nothing has none
const toasts = document.getElementById("toasts");
const status = document.getElementById("carry-said");
const words = carry?.dataset ?? {};

const send = (address, body) =>
  fetch(address, { method: "POST", body, headers: { "X-Garagenda-Part": "1" }, redirect: "manual" });

const changed = (focus) => document.dispatchEvent(new CustomEvent("garagenda:changed", { detail: { focus } }));

const showToast = (toast) => {
  toasts.replaceChildren(toast);
  document.dispatchEvent(new CustomEvent("garagenda:toasts"));
};

const lost = () => {
  const toast = carry?.querySelector("template").content.firstElementChild.cloneNode(true);
  if (toast) showToast(toast);
};

// A dialog's own buttons send again what they say; it goes with the answer, and the focus back to the card.
const showDialog = (dialog, focus) => {
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    document.querySelector(focus)?.focus({ preventScroll: true });
  });
  dialog.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    event.preventDefault();
    const { action } = event.target;
    const body = new FormData(event.target);
    dialog.close();
    deliver(action, body, focus);
  });
  dialog.showModal();
};

const show = async (answer, focus) => {
  if (answer.type === "opaqueredirect" || answer.status === 403) return location.reload(); // signed out
  const part = document.createElement("template");
  part.innerHTML = await answer.text();
  const toast = part.content.querySelector(".toast");
  const dialog = part.content.querySelector("dialog");
  const whole = part.content.querySelector("[data-drawer-part]");
  if (toast) showToast(toast);
  if (dialog) showDialog(dialog, focus);
  if (whole) document.dispatchEvent(new CustomEvent("garagenda:part", { detail: part.innerHTML }));
  if (!toast && !dialog && !whole && !answer.ok) lost();
  return undefined;
};

async function deliver(address, body, focus) {
  try {
    const answer = await send(address, body);
    await show(answer, focus);
    return answer;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // that is how fetch says that there is no connection
    lost();
    return undefined;
  } finally {
    changed(focus);
  }
}

document.addEventListener("garagenda:let-go", async ({ detail }) => {
  const { card, fields, putBack, address } = detail;
  const body = new FormData(carry);
  body.set("version", card.dataset.seen);
  Object.entries(fields).forEach(([name, value]) => body.set(name, value));
  const focus = detail.byKeys ? `#visit-${card.dataset.carry}` : undefined;
  const answer = await deliver(address.replace("/0/", `/${card.dataset.carry}/`), body, focus);
  if (!answer?.ok) putBack();
  delete words.carrying;
  if (!answer?.ok && detail.byKeys) status.textContent = words.back;
  changed(focus);
});

// A form of the drawer, and Undo, leave the board as open as it is.
document.addEventListener("garagenda:send", ({ detail }) => deliver(detail.address, detail.body));
toasts.addEventListener("submit", (event) => {
  event.preventDefault();
  deliver(event.target.action, new FormData(event.target));
});
