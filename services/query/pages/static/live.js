// New hours appear by themselves: asks every few seconds whether the content has changed (an ETag, so that "no" costs
// nothing), and if so puts the new part of the page in place of the old one. Without this module the page works all the same.

const QUIET_LIMIT_MS = 30_000; // how slowly to ask while the server does not answer

const part = () => document.getElementById("live");

// Returns the new content, null where nothing has changed; what has no address to ask is always new.
async function changed(live) {
  if (!live.dataset.poll) return {};
  const answer = await fetch(live.dataset.poll, {
    method: "GET",
    cache: "no-store",
    headers: { "If-None-Match": `"${live.dataset.tag}"` },
  });
  if (!answer.ok && answer.status !== 304) throw new Error(`status ${answer.status}`);
  return answer.status === 304 ? null : answer.json();
}

async function renew(live) {
  const address = new URL(location.href);
  address.searchParams.set("part", "true");
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = parsed.getElementById("live");
  markNew(live, fresh);
  const focused = document.activeElement?.getAttribute("href");
  live.replaceWith(document.adoptNode(fresh));
  if (focused && document.activeElement === document.body) {
    [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  }
}

function markNew(before, after) {
  const said = new Map([...before.querySelectorAll("tr[data-key]")].map((row) => [row.dataset.key, row.textContent]));
  for (const row of after.querySelectorAll("tr[data-key]")) {
    if (said.get(row.dataset.key) !== row.textContent) row.classList.add("new");
  }
}

function wait(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export async function keepFresh(whenRenewed) {
  let pause = 0;
  while (part()) {
    const every = Number(part().dataset.every) * 1000;
    await wait(Math.max(every, pause));
    if (document.hidden) continue;
    try {
      const content = await changed(part());
      if (content) {
        await renew(part());
        whenRenewed(content.columns ? content : null);
      }
      pause = 0;
      document.body.classList.remove("away");
    } catch {
      pause = Math.min(QUIET_LIMIT_MS, Math.max(every, pause * 2));
      document.body.classList.add("away");
    }
  }
}
