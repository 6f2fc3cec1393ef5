// What is selected in the list, and what can be done with it; a selection outlives turning, searching and sorting.

import { dateTime, make, plural } from "./words.js";

const by = (id) => document.getElementById(id);
const AT_ONCE = 100; // documents of one request, so that progress can be told
const REASONS_SHOWN = 3;

export class Selection {
  constructor(list) {
    this.list = list;
    this.idents = new Set();
    this.busy = false;
    by("select-page").addEventListener("change", (event) => this.selectPage(event.target.checked));
    by("select-all").addEventListener("click", () => this.selectAll());
    by("select-none").addEventListener("click", () => this.clear());
    by("ask-again").addEventListener("click", () => this.order("retry", "taken", "taken back into work"));
    by("ask-all").addEventListener("click", () => this.order("redo", "taken", "taken back into work"));
    by("remove").addEventListener("click", () => this.remove());
    by("download").addEventListener("click", () => this.download());
  }

  box(row) {
    const box = make("input", { type: "checkbox", checked: this.idents.has(row.ident), ariaLabel: `Select ${row.name}` });
    box.addEventListener("change", () => {
      this.idents[box.checked ? "add" : "delete"](row.ident);
      this.show();
    });
    return box;
  }

  boxes() {
    return [...document.querySelectorAll("#history input[type=checkbox]")];
  }

  selectPage(checked) {
    for (const box of this.boxes()) {
      if (box.checked !== checked) box.click();
    }
  }

  async selectAll() {
    const answer = await fetch(`/api/history/idents?${this.list.filters()}`);
    if (!answer.ok) return;
    for (const ident of (await answer.json()).documents) this.idents.add(ident);
    this.redraw();
  }

  clear() {
    this.idents.clear();
    this.redraw();
  }

  redraw() {
    this.list.redraw();
    this.show();
  }

  show() {
    const boxes = this.boxes();
    const checked = boxes.filter((box) => box.checked).length;
    by("select-page").checked = checked > 0 && checked === boxes.length;
    by("select-page").indeterminate = checked > 0 && checked < boxes.length;
    by("selected").hidden = !this.idents.size;
    by("selected-count").textContent = `${plural(this.idents.size, "document")} selected`;
    by("select-all").textContent = `Select all ${this.list.total}`;
    by("select-all").hidden = this.list.total <= this.idents.size;
  }

  // Sends the selection in parts; returns what came of all of them.
  async send(path, good) {
    const idents = [...this.idents];
    const found = { done: [], left: [] };
    for (let from = 0; from < idents.length; from += AT_ONCE) {
      if (idents.length > AT_ONCE) tell(`${from} of ${idents.length} …`);
      const body = JSON.stringify({ documents: idents.slice(from, from + AT_ONCE) });
      const answer = await fetch(path, { method: "POST", body, headers: { "X-Dropleaf": "1" } });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.error);
      found.done.push(...told[good]);
      found.left.push(...told.left);
    }
    return found;
  }

  async run(work) {
    if (this.busy) return;
    this.busy = true;
    tell("…");
    try {
      await work();
    } catch (error) {
      tell(error instanceof TypeError ? "The daemon does not answer." : error.message, { trouble: true });
    }
    this.busy = false;
    this.list.fetch();
  }

  order(path, good, words) {
    return this.run(async () => {
      const { done, left } = await this.send(`/api/${path}`, good);
      tell(`${plural(done.length, "document")} ${words}.`, { left });
      this.idents.clear();
      this.show();
    });
  }

  remove() {
    return this.run(async () => {
      const { done, left } = await this.send("/api/remove", "removed");
      const undo = done.length ? () => this.restore(done.map((each) => each.removal)) : null;
      tell(`${plural(done.length, "document")} moved to removed/ in the outbox.`, { left, undo });
      this.idents.clear();
      this.show();
    });
  }

  restore(removals) {
    return this.run(async () => {
      const answer = await fetch("/api/restore", { method: "POST", body: JSON.stringify({ removals }), headers: { "X-Dropleaf": "1" } });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.error);
      tell(`${plural(told.returned.length, "document")} put back.`, { left: told.left });
      by("history-title").focus();
    });
  }

  download() {
    const content = by("content").value;
    return this.run(async () => {
      const body = JSON.stringify({ documents: [...this.idents] });
      const answer = await fetch(`/api/archives?content=${content}`, { method: "POST", body, headers: { "X-Dropleaf": "1" } });
      const ready = await answer.json();
      if (!answer.ok) throw new Error(ready.error);
      make("a", { href: ready.url, download: "" }).click();
      tell(`${plural(ready.documents, "document")} on the way as one ZIP.`);
    });
  }
}

// One notice, in one place: what came of the last action.
function tell(words, { left = [], undo = null, trouble = false } = {}) {
  const box = by("outcome-of-action");
  const reasons = new Map();
  for (const { reason } of left) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const shown = [...reasons].slice(0, REASONS_SHOWN).map(([reason, count]) => ` ${plural(count, "document")} left out: ${reason}`);
  const button = undo ? make("button", { className: "button", type: "button", textContent: "Undo", onclick: undo }) : "";
  box.hidden = false;
  box.classList.toggle("trouble", trouble);
  box.replaceChildren(make("span", { textContent: words + shown.join("") }), button);
}

// The documents in removed/, fetched when somebody looks at them.
export function showRemoved(selection) {
  const box = by("removed-box");
  const load = async () => {
    if (!box.open) return;
    const answer = await fetch("/api/removed");
    if (!answer.ok) return;
    const { documents } = await answer.json();
    by("no-removed").hidden = documents.length > 0;
    by("removed").replaceChildren(...documents.map((each) => removedToNode(each, selection, load)));
  };
  box.addEventListener("toggle", load);
}

function removedToNode(each, selection, load) {
  const back = make("button", { className: "button", type: "button", textContent: "Put back", ariaLabel: `Put back ${each.file}` });
  back.addEventListener("click", async () => {
    await selection.restore([each.removal]);
    load();
  });
  return make("li", {}, make("span", { textContent: `${each.file} · ${dateTime(each.removed_at * 1000)}` }), back);
}
