// The mapping: lines between units and fields, drawn with the mouse or by the lists, and what each choice means at once.

const form = document.querySelector("#mapping");
const wide = matchMedia("(min-width: 861px)");
const NS = "http://www.w3.org/2000/svg";
const board = () => document.querySelector("#board");
const tones = { warn: "warn", bad: "bad" };

/** The middle of an element's side, on the board. */
function point(element, side) {
  const [outer, inner] = [board().getBoundingClientRect(), element.getBoundingClientRect()];
  return [inner[side] - outer.left, inner.top + inner.height / 2 - outer.top];
}

function curve([x1, y1], [x2, y2]) {
  const bend = Math.max(30, (x2 - x1) / 2);
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function draw() {
  board().querySelector(":scope > svg")?.remove();
  if (!wide.matches) return;
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("aria-hidden", "true");
  for (const unit of board().querySelectorAll(".unit")) {
    const chosen = unit.querySelector('select[name^="field."]').value;
    const field = board().querySelector(`.remote-field[data-field="${CSS.escape(chosen)}"]`);
    if (!field) continue;
    const line = document.createElementNS(NS, "path");
    line.setAttribute("d", curve(point(unit.querySelector(".port"), "right"), point(field, "left")));
    if (tones[unit.dataset.tone]) line.dataset.tone = unit.dataset.tone;
    svg.append(line);
  }
  board().prepend(svg);
}

/** Asks the server what the choices mean, and shows it. The newest question counts. */
let asked;
async function refresh() {
  asked?.abort();
  asked = new AbortController();
  const query = new URLSearchParams(new FormData(form));
  query.delete("csrf");
  try {
    const answer = await fetch(`${form.action}?${query}`, { signal: asked.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const at = document.activeElement?.id;
    const fresh = page.querySelector("#mapping");
    if (!fresh) return;
    const unfolded = [...form.querySelectorAll("details[open]")].map((details) => details.id);
    form.replaceChildren(...fresh.childNodes);
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    if (at) document.getElementById(at)?.focus({ preventScroll: true });
    form.dataset.fresh = String(Number(form.dataset.fresh ?? 0) + 1);
    draw();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

/** A unit has this field now, and no other unit has it. */
function choose(unit, field) {
  for (const other of form.querySelectorAll('select[name^="field."]')) {
    if (other.value === field && other !== unit) other.value = "";
  }
  unit.value = field;
  draw();
  refresh();
}

form.addEventListener("change", (event) => {
  const select = event.target;
  if (!select.matches?.("[data-pick]")) return;
  if (select.name.startsWith("field.") && select.value) choose(select, select.value);
  else refresh();
});

// Drawing a line: from a unit's port to a field.
form.addEventListener("pointerdown", (event) => {
  const port = event.target.closest?.("[data-port]");
  if (!port || event.button !== 0) return;
  event.preventDefault();
  const select = port.closest(".unit").querySelector('select[name^="field."]');
  const line = document.createElementNS(NS, "path");
  line.classList.add("drawn");
  if (!board().querySelector(":scope > svg")) draw();
  board().querySelector(":scope > svg").append(line);
  let target;
  const move = (at) => {
    const outer = board().getBoundingClientRect();
    line.setAttribute("d", curve(point(port, "right"), [at.clientX - outer.left, at.clientY - outer.top]));
    target?.classList.remove("over");
    const under = document.elementFromPoint(at.clientX, at.clientY)?.closest(".remote-field");
    const option = under && select.querySelector(`option[value="${CSS.escape(under.dataset.field)}"]:not(:disabled)`);
    target = option ? under : undefined;
    target?.classList.add("over");
  };
  const stop = (at) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", stop);
    removeEventListener("pointercancel", stop);
    if (at.type === "pointerup") move(at);
    line.remove();
    target?.classList.remove("over");
    if (at.type === "pointerup" && target) choose(select, target.dataset.field);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
});

wide.addEventListener("change", draw);
new ResizeObserver(draw).observe(board());
draw();
