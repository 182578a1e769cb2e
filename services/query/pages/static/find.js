// The keyboard on the page that finds lines: "/" goes to the search, arrows go through what was found.

const results = () => [...document.querySelectorAll("a[data-result]")];

export function findByKeyboard(search) {
  if (!search) return;
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "/" && !isWriting(event.target)) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      move(event, search, event.key === "ArrowDown" ? 1 : -1);
    }
  });
}

function isWriting(element) {
  return element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element.isContentEditable;
}

function move(event, search, step) {
  const found = results();
  const here = event.target === search ? -1 : found.indexOf(event.target);
  if (!found.length || (here < 0 && event.target !== search)) return;
  event.preventDefault();
  const next = here + step;
  if (next < 0) search.focus();
  else found[Math.min(next, found.length - 1)].focus();
}
