// What a chart draws, made from a measurements answer in columns. Pure: nothing here touches the page.

export const MARKED = ["estimated", "substituted", "edited", "calculated"];
const DAY_S = 86_400;
const WEEKS_52 = 364; // gas days: the same weekday of the year before
const MONTHS_12 = 12;
const LEAST_HOURS = 23; // of a gas day that is over
const HOURS = 32; // more than a gas day has: day * HOURS + hour names an hour

// Rows: when each begins and ends (s), its value, its state in one word, and a number that names it in the calendar.
export function rowsOf(answer, measure, awaitedFrom) {
  const columns = answer.columns;
  const begins = columns.start.map((text) => Date.parse(text) / 1000);
  const ends = columns.end.map((text) => Date.parse(text) / 1000);
  return {
    begins,
    ends,
    values: columns[measure],
    states: columns.quality ? hourStates(columns, begins, awaitedFrom) : periodStates(columns),
    keys: keysOf(columns),
    days: columns.hour ? columns.gas_day : null,
  };
}

// Of a node an hour also says how many of its lines are there.
function hourStates({ quality: qualities, lines_expected: expected, lines_complete: complete }, begins, awaitedFrom) {
  return qualities.map((quality, place) => {
    if (expected && quality !== "MISSING" && complete[place] !== expected[place]) {
      return begins[place] >= awaitedFrom ? "awaited" : "incomplete";
    }
    if (quality === "MISSING") return begins[place] >= awaitedFrom ? "awaited" : "missing";
    const state = quality.toLowerCase();
    return MARKED.includes(state) ? state : "";
  });
}

function periodStates({ hours_present: present, hours_expected: expected, hours_by_quality: counts }) {
  return present.map((count, place) => {
    if (count !== expected[place]) return count ? "incomplete" : "missing";
    const found = MARKED.find((state) => counts[state.toUpperCase()][place]);
    return found ? `some_${found}` : "";
  });
}

function keysOf({ month, gas_day: days, hour: hours }) {
  if (month) return month.map((text) => Number(text.slice(0, 4)) * MONTHS_12 + Number(text.slice(5)));
  const numbers = new Map();
  return days.map((text, place) => {
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = Date.parse(text) / 1000 / DAY_S));
    return hours ? number * HOURS + hours[place] : number;
  });
}

// The values of the year before beside the rows of this one: the same weekday 52 weeks earlier and the same hour of its
// gas day; in the month view the same month. Null where that hour is unknown or does not exist.
export function earlierBeside(rows, earlier, view) {
  const shift = { hour: WEEKS_52 * HOURS, day: WEEKS_52, month: MONTHS_12 }[view];
  const before = new Map(earlier.keys.map((key, place) => [key + shift, earlier.values[place]]));
  return rows.keys.map((key) => before.get(key) ?? null);
}

// Hours bundled into their gas days: least, greatest, mean, and what most needs saying of each.
export function bundled(rows, earlier) {
  const bundles = { begins: [], ends: [], values: [], least: [], most: [], states: [], earlier: [], days: rows.days };
  for (let begin = 0; begin < rows.begins.length; ) {
    let end = begin + 1;
    while (end < rows.begins.length && rows.days[end] === rows.days[begin]) end++;
    const known = rows.values.slice(begin, end).filter((value) => value !== null);
    bundles.begins.push(rows.begins[begin]);
    bundles.ends.push(rows.ends[end - 1]);
    bundles.values.push(end - begin < LEAST_HOURS ? null : mean(known)); // a day that has just begun has no mean yet
    bundles.least.push(known.length ? Math.min(...known) : null);
    bundles.most.push(known.length ? Math.max(...known) : null);
    bundles.states.push(worst(rows.states.slice(begin, end)));
    bundles.earlier.push(earlier ? mean(earlier.slice(begin, end).filter((value) => value !== null)) : null);
    begin = end;
  }
  return bundles;
}

function mean(known) {
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

function worst(states) {
  const missing = states.filter((state) => state === "missing").length;
  if (missing) return missing === states.length ? "missing" : "incomplete";
  const found = MARKED.find((state) => states.includes(state));
  if (found) return states.every((state) => state === found) ? found : `some_${found}`;
  return states.includes("awaited") ? "awaited" : "";
}

// The first place whose row ends after a moment.
export function placeAt(ends, moment) {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] > moment) high = middle;
    else low = middle + 1;
  }
  return low;
}
