// The list of what has been delivered and rejected: searched and paged by the server.

import { duration, make } from "./words.js";

const by = (id) => document.getElementById(id);
const LABELS = { complete: "complete", partial: "with fallbacks", failed: "failed" };
const ROWS = 50;

export class History {
  constructor() {
    this.version = null;
    this.rows = ROWS;
    this.asked = 0;
    let timer = 0;
    const search = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        this.rows = ROWS;
        this.fetch();
      }, 120);
    };
    by("query").addEventListener("input", search);
    by("outcome").addEventListener("change", search);
    by("search").addEventListener("submit", (event) => event.preventDefault());
    by("more").addEventListener("click", () => {
      this.rows += ROWS;
      this.fetch();
    });
  }

  changedTo(version) {
    if (version === this.version) return;
    this.version = version;
    this.fetch();
  }

  async fetch() {
    this.asked += 1;
    const asked = this.asked;
    const query = new URLSearchParams({ query: by("query").value, outcome: by("outcome").value, limit: Math.min(this.rows, 200) });
    try {
      const answer = await fetch(`/api/history?${query}`);
      if (!answer.ok) return;
      const found = await answer.json();
      if (asked === this.asked) this.show(found); // an older answer may come after a newer one
    } catch {
      this.version = null; // asked again with the next event
    }
  }

  show({ total, rows, counts }) {
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    by("history-count").textContent = all === total ? (all ? String(all) : "") : `${total} of ${all}`;
    by("history").replaceChildren(...rows.map(rowToNode));
    by("no-history").hidden = rows.length > 0;
    by("no-history").textContent = all ? "No document has that name." : "Nothing has been delivered yet.";
    by("more").hidden = rows.length >= total || rows.length >= 200;
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
