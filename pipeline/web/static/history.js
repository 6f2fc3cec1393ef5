// The list of what has been delivered and rejected: searched and paged by the server, so that its length does not matter.

import { duration, make } from "./words.js";

const by = (id) => document.getElementById(id);
const LABELS = { complete: "complete", partial: "with fallbacks", failed: "failed" };
const ROWS = 50;
const figures = new Intl.NumberFormat();

export class Documents {
  constructor() {
    this.version = null;
    this.asked = 0;
    this.total = 0;
    // What is looked at stands in the address, so that the way back from a document leads to the same place.
    const address = new URLSearchParams(location.search);
    by("query").value = address.get("query") ?? "";
    by("outcome").value = address.get("outcome") ?? "";
    this.from = Number(address.get("from")) || 0;
    let timer = 0;
    const search = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.go(0), 120);
    };
    by("query").addEventListener("input", search);
    by("outcome").addEventListener("change", search);
    by("search").addEventListener("submit", (event) => event.preventDefault());
    by("newer").addEventListener("click", () => this.turn(-ROWS));
    by("older").addEventListener("click", () => this.turn(ROWS));
  }

  changedTo(version) {
    if (version === this.version) return;
    this.version = version;
    this.fetch();
  }

  turn(rows) {
    const from = this.from + rows;
    if (from < this.total && from > -ROWS) this.go(Math.max(0, from));
  }

  go(from) {
    this.from = from;
    const address = new URLSearchParams();
    for (const [name, value] of [["query", by("query").value], ["outcome", by("outcome").value], ["from", from || ""]]) {
      if (value) address.set(name, value);
    }
    history.replaceState(null, "", address.size ? `?${address}` : location.pathname);
    this.fetch();
  }

  async fetch() {
    this.asked += 1;
    const asked = this.asked;
    const query = new URLSearchParams({ query: by("query").value, outcome: by("outcome").value, offset: this.from, limit: ROWS });
    try {
      const answer = await fetch(`/api/history?${query}`);
      if (!answer.ok) return;
      const found = await answer.json();
      if (asked === this.asked) this.show(found); // an older answer may come after a newer one
    } catch {
      this.version = null; // asked again with the next event
    }
  }

  show({ total, rows, counts, older }) {
    this.total = total;
    if (!rows.length && total) {
      this.go(Math.floor((total - 1) / ROWS) * ROWS); // the end of the list has moved up
      return;
    }
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    by("history-count").textContent = all === total ? (all ? figures.format(all) : "") : `${figures.format(total)} of ${figures.format(all)}`;
    by("history").replaceChildren(...rows.map(rowToNode));
    by("no-history").hidden = rows.length > 0;
    by("no-history").textContent = all ? "No document has that name." : "Nothing has been delivered yet.";
    by("older-ones").hidden = older === 0;
    by("older-ones").textContent = `The newest ${figures.format(all)} documents are listed and searched; ${figures.format(older)} older ones are in the outbox.`;
    by("pager").hidden = total <= ROWS;
    by("newer").ariaDisabled = String(this.from === 0); // and not disabled, which would lose the focus
    by("older").ariaDisabled = String(this.from + ROWS >= total);
    const range = `${figures.format(this.from + 1)}–${figures.format(this.from + rows.length)} of ${figures.format(total)}`;
    if (by("range").textContent !== range) by("range").textContent = range;
  }
}

function rowToNode(row) {
  const link = make("a", { href: `/documents/${row.ident}`, textContent: row.name });
  const why = row.message ? make("span", { className: "why", textContent: `${row.message} ${row.advice}` }) : "";
  const when = new Date(row.finished_at);
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, link, why),
    make("td", {}, make("span", { className: `badge ${row.outcome}`, textContent: LABELS[row.outcome] ?? row.outcome })),
    cell(row.pages || "–", "pages"),
    cell(row.fallbacks || "–", "fell back"),
    cell(duration(row.seconds), "time"),
    make("td", {}, make("time", { dateTime: row.finished_at, textContent: when.toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) })),
  );
}

function cell(value, label) {
  return make("td", { className: "number", textContent: value, "data-label": label });
}
