// A delivered document: arrow keys turn its pages, and a button takes it back into work.

const retry = document.getElementById("retry");
const note = document.getElementById("retried");

addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.target.closest("input, select, textarea, [role=region]");
  const id = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
  if (id && !busy) document.getElementById(id)?.click();
});

retry?.addEventListener("click", async () => {
  retry.disabled = true;
  note.hidden = false;
  note.textContent = "…";
  try {
    const answer = await fetch(retry.dataset.url, { method: "POST", headers: { "X-Dropleaf": "1" } });
    if (answer.ok) {
      note.textContent = "It is in work again; the front page shows how it gets on.";
      return;
    }
    note.textContent = (await answer.json()).error;
  } catch {
    note.textContent = "The daemon does not answer.";
  }
  note.classList.add("trouble");
  retry.disabled = false;
});
