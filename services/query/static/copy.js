// The command that fetches the file follows the form, where there is one, and can be copied by a button.

const DONE_MS = 2_000;

export function offerCommand(form) {
  const command = document.getElementById("command");
  if (!command) return;
  form?.addEventListener("input", () => {
    const given = new URLSearchParams(new FormData(form));
    command.value = `curl -f -OJ ${quoted(`${form.dataset.command}?${given}`)}`;
  });
  const button = document.querySelector("[data-copy]");
  button.hidden = false;
  button.addEventListener("click", () => copy(button, command));
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\"'\"'")}'`;
}

async function copy(button, command) {
  command.select();
  try {
    await navigator.clipboard.writeText(command.value);
  } catch {
    return; // it is selected: a person can copy it
  }
  const said = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = said), DONE_MS);
}
