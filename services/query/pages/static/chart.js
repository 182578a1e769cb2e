// The chart of a line or a node, in place of the drawing that the server made: selection zooms, buttons and keys do the
// same, a readout tells the row under the cursor, the year before lies over it. Its element says what is drawn (data-*),
// so whatever has measurements can have it. Without this module, and on paper, the server's drawing stays.

import { readAddress, takeAlong, writeAddress } from "./chart_address.js";
import { bundled, earlierBeside, placeAt, rowsOf } from "./chart_data.js";
import { STRIP_SPACE, coloursOf, paint } from "./chart_paint.js";
import { wireButtons, wireFingers, wireKeys } from "./chart_tools.js";
import uPlot from "./vendor/uPlot.esm.js";

const MOST_SINGLE_ROWS = 1_000; // beyond that hours are bundled into gas days
const LEAST_ROWS = 3;
const HEIGHT = 276;
const ZONE = "Europe/Brussels";
const language = document.documentElement.lang;

// What a reader did to a chart survives the renewal of its part of the page, and stands in the address.
const kept = { address: "", range: null, showsEarlier: false };

export async function drawChart(answer = null) {
  const plotter = document.querySelector(".plotter[data-series]");
  if (!plotter) return;
  const { series, begin, end } = plotter.dataset;
  if (kept.address !== series) Object.assign(kept, { address: series, ...readAddress([Number(begin), Number(end)]) });
  const told = answer ?? (await asked(plotter.dataset.series));
  if (told && plotter.isConnected && told.columns.start.length) new Chart(plotter, told);
}

async function asked(address) {
  const answer = await fetch(address); // the page has begun to fetch it already
  return answer.ok ? answer.json() : null;
}

class Chart {
  constructor(plotter, answer) {
    const data = plotter.dataset;
    this.plotter = plotter;
    this.words = JSON.parse(data.words);
    this.fromZero = data.fromZero === "true";
    this.flags = JSON.parse(data.flags);
    this.wholeRange = [Number(data.begin), Number(data.end)];
    this.rows = rowsOf(answer, data.shown, Number(data.awaitedFrom));
    this.earlier = null;
    this.colours = coloursOf(document.documentElement);
    this.number = new Intl.NumberFormat(language, { maximumFractionDigits: data.shown === "gcv" ? 4 : 3 });
    this.choose(kept.range ?? this.wholeRange);
    this.mount();
    this.tools.classList.toggle("is-whole", !kept.range);
    const earlier = this.tools.querySelector("[data-does=earlier]"); // there is none before the known years
    if (kept.showsEarlier && earlier) this.toggleEarlier(earlier);
  }

  range() {
    return [this.plot.scales.x.min, this.plot.scales.x.max];
  }

  whole() {
    return this.wholeRange;
  }

  // Goes to a range within the whole, not narrower than some rows.
  go(min, max) {
    const [first, last] = this.wholeRange;
    const row = this.rows.ends[0] - this.rows.begins[0];
    const width = Math.min(Math.max(max - min, LEAST_ROWS * row), last - first);
    const begin = Math.min(Math.max((min + max - width) / 2, first), last - width);
    this.plot.setScale("x", { min: begin, max: begin + width });
  }

  // Single rows where they can be told apart, else bundles. Says whether that is another choice than before.
  choose([min, max]) {
    const places = placeAt(this.rows.ends, max) - placeAt(this.rows.ends, min);
    const isBundled = Boolean(this.rows.days) && places > MOST_SINGLE_ROWS;
    if (this.drawn && this.drawn.isBundled === isBundled && this.drawn.beside === this.earlier) return false;
    const rows = isBundled ? bundled(this.rows, this.earlier) : { ...this.rows, earlier: this.earlier };
    if (!this.earlier) rows.earlier = null;
    this.drawn = { ...rows, isBundled, beside: this.earlier, flags: this.flags, fromZero: this.fromZero };
    return true;
  }

  // uPlot scales, draws axes and follows the cursor; what lies between is painted by ours.
  data() {
    const { begins, ends, values, least, most, earlier } = this.drawn;
    const middles = begins.map((begin, place) => (begin + ends[place]) / 2);
    const none = () => new Array(values.length).fill(null);
    return [middles, least ?? none(), most ?? values, earlier ?? none()];
  }

  mount() {
    const canvas = this.plotter.querySelector(".plot-canvas");
    canvas.hidden = false;
    this.plotter.classList.add("lively");
    this.readout = this.plotter.querySelector(".readout");
    this.spoken = this.plotter.querySelector("[aria-live]");
    this.plot = new uPlot(this.options(canvas.clientWidth), this.data(), canvas);
    this.tools = this.plotter.querySelector(".plot-tools");
    wireButtons(this.tools, this, (button) => this.toggleEarlier(button));
    wireKeys(canvas, this, (by) => this.move(by));
    wireFingers(this.plot.over, this, (x) => this.plot.posToVal(x - this.plot.over.getBoundingClientRect().left, "x"));
    new ResizeObserver(() => {
      if (canvas.clientWidth) this.plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
    }).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colours = coloursOf(document.documentElement);
      this.plot.redraw(false);
    });
  }

  options(width) {
    const [min, max] = kept.range ?? this.wholeRange;
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { font, stroke: () => this.colours.quiet, ticks: { show: false } };
    const grid = { stroke: () => this.colours.rule, width: 1 };
    const unseen = { paths: () => null, points: { show: false } };
    return {
      width,
      height: HEIGHT,
      padding: [20, 26, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, dist: 6 } },
      select: { show: true },
      tzDate: (moment) => uPlot.tzDate(new Date(moment * 1000), ZONE),
      scales: { x: { min, max, range: (_, low, high) => [low, high] }, y: { range: (_, low, high) => this.levels(low, high) } },
      series: [{}, unseen, unseen, unseen],
      axes: [
        { ...axis, grid: { show: false }, gap: STRIP_SPACE, size: STRIP_SPACE + 20, space: 70, values: (_, at) => this.ticks(at) },
        { ...axis, grid, size: width < 480 ? 58 : 74, gap: 8, space: 44, values: (_, at) => at.map((value) => this.number.format(value)) },
      ],
      hooks: {
        draw: [(plot) => paint(plot, this.drawn, this.colours)],
        setCursor: [(plot) => this.tell(plot.cursor.idx)],
        setScale: [(plot, key) => key === "x" && this.moved(plot)],
      },
    };
  }

  levels(low, high) {
    if (low === null || low === undefined) return [0, 1];
    const [least, most] = this.fromZero ? [Math.min(low, 0), Math.max(high, 0)] : [low, high];
    const room = (most - least || Math.abs(most) * 0.02 || 1) * 0.06;
    return [this.fromZero && least === 0 ? 0 : least - room, most + room];
  }

  ticks(moments) {
    const step = moments.length > 1 ? moments[1] - moments[0] : 86_400;
    const shape = step < 86_400 ? { hour: "2-digit", minute: "2-digit" } : step < 27 * 86_400 ? { day: "numeric", month: "short" } : { month: "short", year: "numeric" };
    const dayShape = { day: "numeric", month: "short" };
    const written = (form) => new Intl.DateTimeFormat(language, { timeZone: ZONE, ...form });
    const [tick, day] = [written(shape), written(dayShape)];
    return moments.map((moment) => {
      const label = tick.format(moment * 1000);
      return step < 86_400 && label.startsWith("00:00") ? day.format(moment * 1000) : label;
    });
  }

  moved(plot) {
    const { min, max } = plot.scales.x;
    const isWhole = min <= this.wholeRange[0] && max >= this.wholeRange[1];
    kept.range = isWhole ? null : [min, max];
    writeAddress(kept);
    this.tools?.classList.toggle("is-whole", isWhole);
    if (this.choose([min, max]) && this.plot) queueMicrotask(() => this.plot.setData(this.data(), false) ?? this.plot.setScale("x", { min, max }));
  }

  tell(place) {
    this.readout.textContent = place === null || place === undefined ? "" : this.words_of(place);
  }

  words_of(place) {
    const { begins, values, least, most, states, earlier, isBundled } = this.drawn;
    const written = (value) => `${this.number.format(value)} ${this.plotter.dataset.unit}`;
    const parts = [];
    if (values[place] !== null && values[place] !== undefined) parts.push(written(values[place]));
    if (isBundled && least[place] !== null) parts.push(`${this.number.format(least[place])} \u2013 ${this.number.format(most[place])}`);
    if (states[place]) parts.push(this.words.states[states[place]]);
    if (this.flags.some(([begin, end]) => begins[place] >= begin && begins[place] < end)) parts.push(this.words.flagged);
    if (earlier && earlier[place] !== null) parts.push(`${this.words.earlier} ${written(earlier[place])}`);
    return `${this.when(begins[place], isBundled)}: ${parts.join(" \u00b7 ")}`;
  }

  when(begin, isBundled) {
    const view = this.plotter.dataset.view;
    const shape =
      view === "month"
        ? { month: "long", year: "numeric" }
        : { weekday: "short", day: "numeric", month: "short", year: "numeric", ...(view === "hour" && !isBundled ? { hour: "2-digit", minute: "2-digit" } : {}) };
    return new Intl.DateTimeFormat(language, { timeZone: ZONE, ...shape }).format(begin * 1000);
  }

  move(by) {
    const [min, max] = this.range();
    const first = placeAt(this.drawn.ends, min);
    const last = Math.min(placeAt(this.drawn.ends, max - 1), this.drawn.ends.length - 1);
    const here = this.plot.cursor.idx;
    const place = by === -Infinity ? first : by === Infinity ? last : Math.min(Math.max((here ?? (by > 0 ? first - 1 : last + 1)) + by, first), last);
    const middle = (this.drawn.begins[place] + this.drawn.ends[place]) / 2;
    this.plot.setCursor({ left: this.plot.valToPos(middle, "x"), top: 20 });
    this.spoken.textContent = this.words_of(place);
  }

  async toggleEarlier(button) {
    const shows = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shows));
    kept.showsEarlier = shows;
    writeAddress(kept);
    takeAlong(shows);
    const address = this.plotter.dataset.earlier;
    const told = shows && address ? await asked(address) : null;
    this.earlier = told ? earlierBeside(this.rows, rowsOf(told, this.plotter.dataset.shown, Infinity), this.plotter.dataset.view) : null;
    const [min, max] = this.range();
    this.choose([min, max]);
    this.plot.setData(this.data(), false);
    this.plot.setScale("x", { min, max });
  }
}
