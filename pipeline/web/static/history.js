// The list of what has been delivered and rejected: searched, sorted and paged by the server, so that its length does not
// matter.

import { Selection, showRemoved } from "./selection.js";
import { showHits } from "./hits.js";
import { dateTime, duration, make, plural } from "./words.js";

const by = (id) => document.getElementById(id);
const LABELS = { complete: "complete", partial: "with fallbacks", failed: "failed" };
const ROWS = 50;
const USUAL = "-finished";
const figures = new Intl.NumberFormat();
// Columns that are sorted with the largest first at the first click.
const LARGEST_FIRST = new Set(["finished", "pages", "fallbacks", "doubts", "seconds"]);

export class Documents {
  constructor() {
    this.version = null;
    this.asked = 0;
    this.total = 0;
    this.rows = [];
    // What is looked at stands in the address, so that the way back from a document leads to the same place.
    const address = new URLSearchParams(location.search);
    by("query").value = address.get("query") ?? "";
    by("outcome").value = address.get("outcome") ?? "";
    this.folder = address.get("folder") ?? "";
    this.sort = address.get("sort") ?? USUAL;
    this.from = Number(address.get("from")) || 0;
    this.selection = new Selection(this);
    showRemoved(this.selection);
    let timer = 0;
    const search = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.go(0), 120);
    };
    by("query").addEventListener("input", search);
    by("outcome").addEventListener("change", search);
    by("folder-filter").addEventListener("change", () => {
      this.folder = by("folder-filter").value;
      this.go(0);
    });
    by("search").addEventListener("submit", (event) => event.preventDefault());
    by("newer").addEventListener("click", () => this.turn(-ROWS));
    by("older").addEventListener("click", () => this.turn(ROWS));
    for (const button of document.querySelectorAll("[data-sort]")) {
      button.addEventListener("click", () => this.sortBy(button.dataset.sort));
    }
    by("sort").addEventListener("change", () => this.sortTo(by("sort").value));
    this.showSort();
  }

  sortBy(column) {
    const first = LARGEST_FIRST.has(column) ? `-${column}` : column;
    const other = LARGEST_FIRST.has(column) ? column : `-${column}`;
    this.sortTo(this.sort === first ? other : first);
  }

  sortTo(sort) {
    this.sort = sort;
    this.showSort();
    this.go(0);
  }

  showSort() {
    const column = this.sort.replace("-", "");
    for (const button of document.querySelectorAll("[data-sort]")) {
      const sorted = button.dataset.sort === column;
      const order = this.sort.startsWith("-") ? "descending" : "ascending";
      button.closest("th").setAttribute("aria-sort", sorted ? order : "none");
    }
    by("sort").value = this.sort;
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

  // What is looked for, as the server takes it.
  filters() {
    const toCheck = by("outcome").value === "review";
    const wanted = { query: by("query").value, outcome: toCheck ? "" : by("outcome").value, review: toCheck ? "open" : "", folder: this.folder, sort: this.sort };
    return new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  }

  go(from) {
    this.from = from;
    const address = new URLSearchParams();
    const sort = this.sort === USUAL ? "" : this.sort;
    for (const [name, value] of [["query", by("query").value], ["outcome", by("outcome").value], ["folder", this.folder], ["sort", sort], ["from", from || ""]]) {
      if (value) address.set(name, value);
    }
    history.replaceState(null, "", address.size ? `?${address}` : location.pathname);
    this.fetch();
  }

  async fetch() {
    this.asked += 1;
    const asked = this.asked;
    const query = this.filters();
    query.set("offset", this.from);
    query.set("limit", ROWS);
    showHits(by("query").value);
    try {
      const answer = await fetch(`/api/history?${query}`);
      if (!answer.ok) return;
      const found = await answer.json();
      if (asked === this.asked) this.show(found); // an older answer may come after a newer one
    } catch {
      this.version = null; // asked again with the next event
    }
  }

  redraw() {
    by("history").replaceChildren(...this.rows.map((row) => rowToNode(row, this.selection.box(row))));
  }

  show({ total, rows, counts, folders, older, to_check: toCheck }) {
    this.total = total;
    if (!rows.length && total) {
      this.go(Math.floor((total - 1) / ROWS) * ROWS); // the end of the list has moved up
      return;
    }
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    by("history-count").textContent = all === total ? (all ? figures.format(all) : "") : `${figures.format(total)} of ${figures.format(all)}`;
    this.showFolders(folders);
    by("outcome").querySelector("[value=review]").textContent = toCheck ? `to check (${figures.format(toCheck)})` : "to check";
    this.keepFocus(() => {
      this.rows = rows;
      this.redraw();
    });
    this.selection.show();
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

  // The rows are made anew when something was delivered; the focus stays on the same document.
  keepFocus(draw) {
    const focused = document.activeElement?.closest("#history tr");
    const { ident } = focused?.dataset ?? {};
    const box = document.activeElement?.type === "checkbox";
    draw();
    if (ident) document.querySelector(`#history tr[data-ident="${ident}"] ${box ? "input" : "a"}`)?.focus();
  }

  showFolders(folders) {
    const select = by("folder-filter");
    const key = JSON.stringify([folders, this.folder]);
    if (select.dataset.key === key) return;
    select.dataset.key = key;
    const known = this.folder && !folders.includes(this.folder) ? [this.folder, ...folders] : folders;
    const options = known.map((folder) => make("option", { value: folder, textContent: folder === "." ? "the inbox itself" : folder }));
    select.replaceChildren(make("option", { value: "", textContent: "all folders" }), ...options);
    select.value = this.folder;
    by("folder-label").hidden = select.hidden = known.length < 2;
  }
}

function rowToNode(row, box) {
  const link = make("a", { href: `/documents/${row.ident}`, textContent: row.name });
  const why = row.message ? make("span", { className: "why", textContent: `${row.message} ${row.advice}` }) : "";
  return make(
    "tr",
    { "data-ident": row.ident },
    make("td", { className: "box" }, box),
    make("th", { scope: "row" }, link, why),
    make("td", { className: "folder", textContent: row.folder === "." ? "" : row.folder }),
    make("td", {}, make("span", { className: `badge ${row.outcome}`, textContent: LABELS[row.outcome] ?? row.outcome }), badgeOf(row.review)),
    cell(row.pages ? figures.format(row.pages) : "–", "pages"),
    cell(row.fallbacks || "–", "fell back"),
    cell(row.review?.doubts || "–", "to check"),
    cell(duration(row.seconds), "time"),
    make("td", {}, make("time", { dateTime: row.finished_at, textContent: dateTime(row.finished_at) })),
  );
}

// What is still to be checked in a document.
function badgeOf(review) {
  const pages = review?.unchecked_pages ?? 0;
  if (review?.doubts) return make("span", { className: "badge check", textContent: `${figures.format(review.doubts)} to check` });
  return pages ? make("span", { className: "badge unchecked", textContent: `${plural(pages, "page")} unchecked` }) : "";
}

function cell(value, label) {
  return make("td", { className: "number", textContent: value, "data-label": label });
}
