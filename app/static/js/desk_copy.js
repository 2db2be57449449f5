// A button that copies a field. Without this file the field can be selected by hand.
const said = document.querySelector("[data-copied]");

const copy = async (button) => {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  await navigator.clipboard.writeText(field.value);
  said.textContent = button.dataset.said;
  button.querySelector("span").textContent = button.dataset.said;
};

// Browsers lend the clipboard to secure pages only.
if (navigator.clipboard) {
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  });
}
