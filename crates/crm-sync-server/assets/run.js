// A run as it happens: phase, counts, rate, time left. The server tells; this page only shows.

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

const show = {
  reading({ side, rows: read }) {
    rows[side] = read;
    phase.textContent = word("read");
    numbers.textContent = `CRM ${whole.format(rows.crm)} · ${whole.format(rows.remote)}`;
  },
  planned({ operations }) {
    phase.textContent = word("plan");
    bar.max = Math.max(operations, 1);
    bar.value = 0;
  },
  writing({ done, total, per_second: rate, seconds_left: wait }) {
    phase.textContent = word("write");
    bar.max = Math.max(total, 1);
    bar.value = done;
    numbers.textContent = `${whole.format(done)} / ${whole.format(total)}`;
    const parts = [];
    if (wait != null) parts.push(`${word("left")} : ${lasting(wait)}`);
    if (rate) parts.push(`${whole.format(Math.round(rate * 60))} ${word("rate")}`);
    left.textContent = parts.join(" · ");
  },
  finished() {
    source.close();
    location.reload();
  },
};

const source = new EventSource(live.dataset.events);
for (const name of Object.keys(show)) {
  source.addEventListener(name, (event) => show[name](JSON.parse(event.data)));
}
