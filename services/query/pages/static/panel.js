// The page of an hour as a panel beside the table: links marked data-panel open in a dialog. Without this module they
// lead to the page itself, and so do a middle click, a new tab, or a server that does not answer.

let panel = null;
let openedBy = "";

export function openHoursBeside() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-panel]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (!document.getElementById("live")) return;
    event.preventDefault();
    if (!panel?.open) openedBy = link.getAttribute("href");
    show(link.href);
  });
}

async function show(href) {
  const address = new URL(href);
  address.searchParams.set("part", "true");
  try {
    const answer = await fetch(address, { cache: "no-store", headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    fill(document.adoptNode(parsed.getElementById("hour")));
  } catch {
    location.assign(href);
  }
}

function fill(hour) {
  panel ??= made();
  panel.querySelector(".panel-body").replaceChildren(hour);
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  hour.querySelector("h1").focus();
}

function made() {
  const dialog = document.createElement("dialog");
  dialog.className = "panel";
  dialog.setAttribute("aria-labelledby", "hour-title");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "panel-close";
  close.textContent = document.body.dataset.close;
  close.addEventListener("click", () => dialog.close());
  const body = document.createElement("div");
  body.className = "panel-body";
  dialog.append(close, body);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", giveFocusBack);
  document.body.append(dialog);
  return dialog;
}

// The table may have been drawn anew meanwhile, so the row is found by its link.
function giveFocusBack() {
  [...document.querySelectorAll("a[data-panel]")].find((link) => link.getAttribute("href") === openedBy)?.focus();
}
