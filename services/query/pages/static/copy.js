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

// Texts of a page that are copied by a button beside them: a secret, a message to an applicant.
export function offerTexts() {
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button, document.getElementById(button.dataset.copies)));
  }
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\"'\"'")}'`;
}

async function copy(button, shown) {
  select(shown);
  try {
    await navigator.clipboard.writeText(shown.value ?? shown.textContent);
  } catch {
    return; // it is selected: a person can copy it
  }
  const said = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = said), DONE_MS);
}

function select(shown) {
  if (shown.select) shown.select();
  else getSelection().selectAllChildren(shown);
}
