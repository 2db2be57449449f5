// A form that came back: a line of the error summary goes, with the message at its field, when the field is put right.
const summary = document.querySelector("[data-summary]");

const mend = (id) => {
  const line = [...summary.querySelectorAll("a")].find((link) => link.hash === `#${id}`)?.closest("li");
  if (!line) return;
  line.remove();
  const field = document.getElementById(id);
  document.getElementById(`${id}-error`)?.remove();
  field?.removeAttribute("aria-invalid");
  field?.closest(".bad")?.classList.remove("bad");
  const left = summary.querySelectorAll("li").length;
  if (left) summary.querySelector("h2").textContent = JSON.parse(summary.dataset.summary)[left - 1];
  else {
    summary.remove();
    document.title = document.title.replace(/^[^:]*:\s*/, "");
  }
};

// Put right as far as the page can know: filled in, and with something else than what was refused.
if (summary) {
  const ids = [...summary.querySelectorAll("a")].map((link) => link.hash.slice(1));
  const valueOf = (element) => (element && "value" in element ? element.value : "");
  const refused = new Map(ids.map((id) => [id, valueOf(document.getElementById(id))]));
  document.addEventListener("change", ({ target }) => {
    const id = ids.find((each) => document.getElementById(each)?.contains(target));
    if (!id) return;
    const isChoice = target.matches("[type=checkbox], [type=radio]");
    if (isChoice ? target.checked : target.value && target.value !== refused.get(id)) mend(id);
  });
  document.addEventListener("garagenda:mended", ({ detail }) => mend(detail));
}
