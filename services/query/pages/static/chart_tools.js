// Moving through a chart without a mouse: buttons, keys, and two fingers.

const ZOOM = 2;
const STEP_SHARE = 0.5;

// What `view` offers: range() and whole() in s, go(min, max).
export function zoomed(view, factor, around) {
  const [min, max] = view.range();
  const middle = around ?? (min + max) / 2;
  view.go(middle - (middle - min) / factor, middle + (max - middle) / factor);
}

export function shifted(view, share) {
  const [min, max] = view.range();
  const by = (max - min) * share;
  view.go(min + by, max + by);
}

export function wireButtons(tools, view, toggleEarlier) {
  const done = {
    in: () => zoomed(view, ZOOM),
    out: () => zoomed(view, 1 / ZOOM),
    left: () => shifted(view, -STEP_SHARE),
    right: () => shifted(view, STEP_SHARE),
    whole: () => view.go(...view.whole()),
    earlier: toggleEarlier,
  };
  for (const button of tools.querySelectorAll("button[data-does]")) {
    button.addEventListener("click", () => done[button.dataset.does](button));
  }
  tools.hidden = false;
}

export function wireKeys(canvas, view, move) {
  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const done = {
      ArrowLeft: () => (event.shiftKey ? shifted(view, -STEP_SHARE) : move(-1)),
      ArrowRight: () => (event.shiftKey ? shifted(view, STEP_SHARE) : move(1)),
      Home: () => move(-Infinity),
      End: () => move(Infinity),
      "+": () => zoomed(view, ZOOM),
      "-": () => zoomed(view, 1 / ZOOM),
      0: () => view.go(...view.whole()),
    }[event.key];
    if (!done) return;
    event.preventDefault();
    done();
  });
}

// Two fingers zoom and move at once: the moments under them stay under them. One finger scrolls the page as ever.
export function wireFingers(over, view, momentAt) {
  const fingers = new Map();
  let held = null;
  const places = () => [...fingers.values()].sort((one, other) => one - other);
  const hold = () => (held = fingers.size === 2 ? places().map(momentAt) : null);
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, event.clientX);
    hold();
  });
  over.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event.clientX);
    if (held) follow(over, view, held, places());
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    over.addEventListener(end, (event) => fingers.delete(event.pointerId) && hold());
  }
}

function follow(over, view, [first, second], [left, right]) {
  if (right - left < 10) return;
  const bounds = over.getBoundingClientRect();
  const perPixel = (second - first) / (right - left);
  const min = first - (left - bounds.left) * perPixel;
  view.go(min, min + bounds.width * perPixel);
}
