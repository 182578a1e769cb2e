// Paints rows on a canvas: bars, steps, a band between least and greatest, the year before, and marks under the plot
// that tell by their patterns what is not simply measured. The patterns are those of the drawing without scripts.

const MOST_BARS = 120;
const GAP_SHARE = 0.18;
const STRIP_TOP = 7;
const STRIP_HEIGHT = 10;
export const STRIP_SPACE = STRIP_TOP + STRIP_HEIGHT + 4;

export function coloursOf(element) {
  const style = getComputedStyle(element);
  const names = ["accent", "accent-soft", "amber", "red", "quiet", "rule"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

export function paint(plot, drawn, colours) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  const tool = { plot, ctx, ratio, colours, drawn, range: visible(plot, drawn) };
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 14 * ratio, bbox.width, bbox.height + (14 + STRIP_SPACE) * ratio);
  ctx.clip();
  if (drawn.least) band(tool);
  if (drawn.earlier) steps(tool, drawn.earlier, colours.quiet, 1.4, [5, 3]);
  if (drawn.fromZero && !drawn.least && tool.range[1] - tool.range[0] <= MOST_BARS) bars(tool);
  else steps(tool, drawn.values, colours.accent, 1.7, []);
  strip(tool);
  flags(tool);
  ctx.restore();
}

function visible(plot, { begins, ends }) {
  const { min, max } = plot.scales.x;
  let first = 0;
  let last = begins.length;
  while (first < last && ends[first] <= min) first++;
  while (last > first && begins[last - 1] >= max) last--;
  return [first, last];
}

function box({ plot, drawn }, place, low, high) {
  const left = plot.valToPos(drawn.begins[place], "x", true);
  const right = plot.valToPos(drawn.ends[place], "x", true);
  const top = plot.valToPos(high, "y", true);
  return [left, top, right - left, plot.valToPos(low, "y", true) - top];
}

function band(tool) {
  const { ctx, drawn, colours, range } = tool;
  ctx.globalAlpha = 0.24;
  ctx.fillStyle = colours.accent;
  ctx.beginPath(); // one shape: where boxes touch they do not darken each other
  for (let place = range[0]; place < range[1]; place++) {
    if (drawn.least[place] === null) continue;
    const [left, top, width, height] = box(tool, place, drawn.least[place], drawn.most[place]);
    ctx.rect(left, top, width + 0.5, Math.max(height, 1));
  }
  ctx.fill();
  ctx.globalAlpha = 1;
}

function bars(tool) {
  const { ctx, drawn, colours, ratio, range } = tool;
  for (let place = range[0]; place < range[1]; place++) {
    const value = drawn.values[place];
    if (value === null) continue;
    const [left, top, width, height] = box(tool, place, Math.min(value, 0), Math.max(value, 0));
    const isGuess = drawn.states[place] === "estimated" || drawn.states[place] === "substituted";
    const inner = [left + (width * GAP_SHARE) / 2, top, width * (1 - GAP_SHARE), Math.max(height, ratio)];
    ctx.globalAlpha = drawn.states[place] === "incomplete" ? 0.62 : 1;
    ctx.fillStyle = isGuess ? colours["accent-soft"] : colours.accent;
    ctx.fillRect(...inner);
    if (isGuess) outline(tool, inner, colours.accent, [3, 2]);
  }
  ctx.globalAlpha = 1;
}

function outline({ ctx, ratio }, rectangle, colour, dash) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = ratio;
  ctx.setLineDash(dash.map((length) => length * ratio));
  ctx.strokeRect(...rectangle);
  ctx.setLineDash([]);
}

function steps({ plot, ctx, ratio, drawn, range }, values, colour, width, dash) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width * ratio;
  ctx.setLineDash(dash.map((length) => length * ratio));
  ctx.beginPath();
  let openAt = null;
  for (let place = range[0]; place < range[1]; place++) {
    if (values[place] === null) continue;
    const y = plot.valToPos(values[place], "y", true);
    const left = plot.valToPos(drawn.begins[place], "x", true);
    if (openAt === drawn.begins[place]) ctx.lineTo(left, y);
    else ctx.moveTo(left, y);
    ctx.lineTo(plot.valToPos(drawn.ends[place], "x", true), y);
    openAt = drawn.ends[place];
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

function strip(tool) {
  const { plot, ctx, ratio, drawn, range } = tool;
  const top = plot.bbox.top + plot.bbox.height + STRIP_TOP * ratio;
  for (let place = range[0]; place < range[1]; ) {
    const state = drawn.states[place];
    const begin = place;
    while (place < range[1] && drawn.states[place] === state) place++;
    if (!state) continue;
    const left = plot.valToPos(drawn.begins[begin], "x", true);
    const width = Math.max(plot.valToPos(drawn.ends[place - 1], "x", true) - left, 3 * ratio);
    mark(tool, state.replace("some_", ""), [left, top, width, STRIP_HEIGHT * ratio]);
  }
  ctx.globalAlpha = 1;
}

function mark(tool, state, rectangle) {
  const { ctx, colours } = tool;
  const colour = { missing: colours.red, incomplete: colours.red, awaited: colours.quiet, calculated: colours.accent };
  const chosen = colour[state] ?? colours.amber;
  if (state !== "awaited") {
    ctx.globalAlpha = state === "incomplete" ? 0.5 : 1;
    ctx.fillStyle = pattern(tool, state, chosen);
    ctx.fillRect(...rectangle);
    ctx.globalAlpha = 1;
  }
  outline(tool, rectangle, chosen, state === "awaited" ? [2, 2] : state === "incomplete" ? [4, 2] : []);
}

// One tile each: hatched, dotted, posts, crossed, rows; so that nobody needs the colour.
function pattern({ ctx, ratio }, state, colour) {
  const size = 6 * ratio;
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 1.2 * ratio;
  const line = (...points) => {
    pen.beginPath();
    for (let place = 0; place < points.length; place += 4) {
      pen.moveTo(points[place] * size, points[place + 1] * size);
      pen.lineTo(points[place + 2] * size, points[place + 3] * size);
    }
    pen.stroke();
  };
  if (state === "missing" || state === "incomplete") line(-0.2, 1.2, 1.2, -0.2, -0.2, 0.2, 0.2, -0.2, 0.8, 1.2, 1.2, 0.8);
  else if (state === "substituted") line(0.5, 0, 0.5, 1);
  else if (state === "edited") line(0, 0, 1, 1, 1, 0, 0, 1);
  else if (state === "calculated") line(0, 0.5, 1, 0.5);
  else {
    pen.beginPath();
    pen.arc(size / 2, size / 2, 1.3 * ratio, 0, 7);
    pen.fill();
  }
  return ctx.createPattern(tile, "repeat");
}

function flags({ plot, ctx, ratio, colours, drawn }) {
  ctx.fillStyle = colours.red;
  ctx.font = `${11 * ratio}px sans-serif`;
  ctx.textAlign = "center";
  const { min, max } = plot.scales.x;
  for (const [begin, end] of drawn.flags) {
    const middle = (begin + end) / 2;
    if (middle < min || middle > max) continue;
    ctx.fillText("\u25b2", plot.valToPos(middle, "x", true), plot.bbox.top - 2 * ratio);
  }
}
