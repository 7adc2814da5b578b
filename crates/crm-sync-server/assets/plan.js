// The preview: the button counts what is ticked.

const apply = document.querySelector("[data-apply]");
const ticks = [...document.querySelectorAll('input[name="pick"]')];

if (apply && ticks.length) {
  const number = /\d[\d\s,.\u00a0]*/;
  const all = Number((apply.textContent.match(number) ?? ["0"])[0].replace(/\D/g, ""));
  const ticked = () => ticks.filter((tick) => tick.checked).length;
  const elsewhere = all - ticked();
  const separator = document.documentElement.lang === "fr" ? "\u00a0" : ",";
  const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, separator);
  for (const tick of ticks) {
    tick.addEventListener("change", () => {
      apply.textContent = apply.textContent.replace(number, `${grouped(elsewhere + ticked())} `);
    });
  }
}
