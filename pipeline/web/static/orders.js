// Orders for the work; what became of one comes back with the next event.

export async function order(path) {
  const said = document.getElementById("said");
  try {
    const answer = await fetch(path, { method: "POST", headers: { "X-Dropleaf": "1" } });
    said.textContent = answer.ok ? "Done." : (await answer.json()).error;
  } catch {
    said.textContent = "The daemon does not answer.";
  }
}
