// What a reader did to the chart stands in the address of the page (before=1, zoom=<first>-<last> in s), so that a copied
// link shows the same; the year before stays when one goes on to another period or measure.

const BEFORE = "before";
const ZOOM = "zoom";
const PAUSE_MS = 250; // browsers allow only so many changes of an address, and a hand makes many
let waiting = 0;

// Returns what the address says; a zoom beyond the whole is that of another period.
export function readAddress([first, last]) {
  const asked = new URLSearchParams(location.search);
  const [min, max] = (asked.get(ZOOM) ?? "").split("-").map(Number);
  const fits = min >= first && max <= last && min < max;
  return { range: fits ? [min, max] : null, showsEarlier: asked.has(BEFORE) };
}

export function writeAddress(kept) {
  clearTimeout(waiting);
  waiting = setTimeout(() => write(kept), PAUSE_MS);
}

function write({ range, showsEarlier }) {
  const address = new URL(location.href);
  const said = address.href;
  put(address.searchParams, ZOOM, range ? range.map(Math.round).join("-") : null);
  put(address.searchParams, BEFORE, showsEarlier ? "1" : null);
  if (address.href !== said) history.replaceState(history.state, "", address);
}

// Links to other views of the same line or node; they are drawn anew with their part of the page.
export function takeAlong(showsEarlier) {
  for (const link of document.querySelectorAll('main a[href^="?"]')) {
    const asked = new URLSearchParams(link.getAttribute("href"));
    if (asked.has(BEFORE) === showsEarlier) continue;
    put(asked, BEFORE, showsEarlier ? "1" : null);
    link.setAttribute("href", `?${asked}`);
  }
}

function put(asked, name, text) {
  if (text === null) asked.delete(name);
  else asked.set(name, text);
}
