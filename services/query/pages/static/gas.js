// Sliders beside the numbers of the gas page, and the answer at once: without this module the page computes on its button.

let form = null;
const QUIET_MS = 120; // how long a slider rests before it is asked what the gas is like

let timer = 0;
let asked = 0;

function mirror(range) {
  const field = document.getElementById(range.dataset.for);
  range.hidden = false;
  range.addEventListener("input", () => {
    field.value = range.value;
    soon();
  });
  field.addEventListener("input", () => {
    range.value = field.value;
    soon();
  });
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(compute, QUIET_MS);
}

async function compute() {
  const mine = ++asked;
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form)).toString();
  history.replaceState(null, "", address);
  address.searchParams.set("part", "true");
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok || mine !== asked) return;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("computed").replaceWith(document.adoptNode(parsed.getElementById("computed")));
  showRest();
}

function showRest() {
  const rest = document.getElementById("rest");
  const field = document.getElementById("methane");
  const range = form.querySelector('[data-for="methane"]');
  field.readOnly = range.disabled = Boolean(rest);
  if (rest) field.value = range.value = rest.getAttribute("value");
}

export function computeWhileMoving(found) {
  form = found;
  if (!form) return;
  form.querySelectorAll("input[type=range]").forEach(mirror);
  form.querySelectorAll("select, input[type=checkbox]").forEach((input) => input.addEventListener("input", soon));
  showRest();
}
