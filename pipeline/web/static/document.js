// A delivered document: arrow keys turn its pages, and a button takes it back into work.

const retry = document.getElementById("retry");
const note = document.getElementById("retried");

addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.target.closest("input, select, textarea, [role=region], dialog");
  const id = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
  if (id && !busy) document.getElementById(id)?.click();
});

// Takes the document back into work by a request; the note says what came of it.
async function takeBack(button, url, body) {
  button.disabled = true;
  note.hidden = false;
  note.classList.remove("trouble");
  note.textContent = "…";
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { "X-Dropleaf": "1" } });
    if (answer.ok) {
      note.textContent = "It is in work again; the front page shows how it gets on.";
      return;
    }
    note.textContent = (await answer.json()).error;
  } catch {
    note.textContent = "The daemon does not answer.";
  }
  note.classList.add("trouble");
  button.disabled = false;
}

retry?.addEventListener("click", () => takeBack(retry, retry.dataset.url));

const redo = document.getElementById("redo");
redo?.addEventListener("click", () => takeBack(redo, redo.dataset.url));

const unlock = document.getElementById("unlock");
unlock?.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = document.getElementById("password");
  const password = field.value;
  field.value = "";
  takeBack(unlock.querySelector("button"), unlock.dataset.url, password);
});
