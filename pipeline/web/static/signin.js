// Shows the token once; the answer is a cookie that no script can read.

const form = document.getElementById("signin");
const refused = document.getElementById("refused");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = document.getElementById("token").value;
  const answer = await fetch("/api/session", { method: "POST", body, headers: { "X-Dropleaf": "1" } });
  if (answer.ok) return location.reload();
  refused.textContent = (await answer.json()).error;
  refused.hidden = false;
});
