// What every page does better with scripts: buttons that say they are at work, lists that filter as one types.

document.documentElement.classList.add("scripted");

// A form is sent once; its button says so. Coming back to the page frees it again.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "1";
  if (!button?.dataset.busy) return;
  // After the browser has taken the form: a disabled button's value would not be sent.
  setTimeout(() => {
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  });
});

addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-idle]")) {
    button.textContent = button.dataset.idle;
    button.removeAttribute("aria-disabled");
    delete button.dataset.idle;
  }
});

// As the server folds names: without case and accents.
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

for (const input of document.querySelectorAll("[data-filter]")) {
  const entries = document.querySelectorAll(input.dataset.filter);
  input.addEventListener("input", () => {
    const wanted = folded(input.value);
    for (const entry of entries) entry.hidden = !folded(entry.dataset.text ?? "").includes(wanted);
  });
  input.form?.addEventListener("submit", (event) => event.preventDefault());
}
