// What is under way, as it happens: phase, counts, rate, time left. The server tells; this page only shows.

const live = document.querySelector("#live");
const bar = live.querySelector("progress");
const phase = live.querySelector("[data-phase]");
const numbers = live.querySelector("[data-numbers]");
const left = live.querySelector("[data-left]");
const word = (name) => live.querySelector(`[data-words="${name}"]`).innerHTML;
const whole = new Intl.NumberFormat(document.documentElement.lang);
const rows = { crm: 0, remote: 0 };

function lasting(seconds) {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Says it once: a screen reader is told of a phase, not of every count. */
function enter(name) {
  if (phase.textContent !== word(name)) phase.textContent = word(name);
}

const show = {
  reading({ side, rows: read }) {
    rows[side] = read;
    enter("read");
    numbers.textContent = `${whole.format(rows.crm)} ${word("deals")} · ${whole.format(rows.remote)} ${word("records")}`;
  },
  planned({ operations }) {
    enter("plan");
    numbers.textContent = "";
    bar.max = Math.max(operations, 1);
    bar.value = 0;
  },
  writing({ done, total, not_applied: missed, per_second: rate, seconds_left: wait }) {
    enter("write");
    bar.max = Math.max(total, 1);
    bar.value = done;
    numbers.textContent = `${whole.format(done)} / ${whole.format(total)}`;
    const parts = [];
    if (wait != null) parts.push(`${word("left")} : ${lasting(wait)}`);
    if (rate) parts.push(`${whole.format(Math.round(rate * 60))} ${word("rate")}`);
    if (missed) parts.push(`${whole.format(missed)} ${word("not-applied")}`);
    left.textContent = parts.join(" · ");
  },
  finished({ status, message, plan }) {
    source.close();
    const isPlan = live.dataset.next.startsWith("/plans/");
    if (!isPlan || plan) return location.replace(live.dataset.next);
    phase.textContent = word("failed");
    bar.hidden = true;
    live.querySelector("form").hidden = true;
    left.textContent = message ?? status;
  },
};

const source = new EventSource(live.dataset.events);
for (const name of Object.keys(show)) {
  source.addEventListener(name, (event) => show[name](JSON.parse(event.data)));
}
// Closed for good: there is nothing to follow here any more, and the page says what came of it.
source.addEventListener("error", () => {
  if (source.readyState === EventSource.CLOSED) setTimeout(() => location.replace(live.dataset.next), 2000);
});
