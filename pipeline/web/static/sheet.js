// A page of the result as part of this page: copied element by element, only those that are known, and text as text. So
// nothing that a model or a PDF wrote can do anything here, and each cell can be reached.

const BLOCKS = new Set(["p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "figure", "figcaption", "div", "aside", "hr"]);
const TABLES = new Set(["table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"]);
const LOOKS = new Set(["b", "strong", "i", "em", "u", "s", "sup", "sub", "code", "br", "span"]);
const ATTRIBUTES = ["colspan", "rowspan", "scope", "dir", "start", "value"];
const CLASSES = new Set(["number", "page-header", "page-footer", "footnote", "notice", "warning", "indent-1", "indent-2", "indent-3", "indent-4"]);

// The sheet of a page, from the document with one page that the server gives; null where there is none.
export function htmlToSheet(html) {
  // Without its head: the browser would complain that its style sheet is not one of this page's.
  const body = html.slice(Math.max(0, html.indexOf("<body>")));
  const section = new DOMParser().parseFromString(body, "text/html").querySelector("section.page");
  if (!section) return null;
  const sheet = document.createElement("div");
  for (const child of section.childNodes) copyInto(sheet, child);
  return sheet;
}

function copyInto(parent, node) {
  if (node.nodeType === Node.TEXT_NODE) parent.append(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || node.localName === "nav") return;
  const copy = copyOf(node);
  if (copy) parent.append(copy);
  for (const child of node.childNodes) copyInto(copy ?? parent, child);
}

// The element alone; null where only what is in it is shown.
function copyOf(node) {
  const name = node.localName;
  if (name === "img") return Object.assign(document.createElement("p"), { className: "soft", textContent: `[${node.alt || "picture"}]` });
  if (/^h[1-6]$/.test(name)) return Object.assign(document.createElement("p"), { className: "heading" });
  if (!BLOCKS.has(name) && !TABLES.has(name) && !LOOKS.has(name)) return null;
  const copy = document.createElement(name);
  for (const attribute of ATTRIBUTES) {
    if (node.hasAttribute(attribute)) copy.setAttribute(attribute, node.getAttribute(attribute));
  }
  copy.classList.add(...[...node.classList].filter((each) => CLASSES.has(each)));
  if (node.hasAttribute("data-was")) copy.title = node.dataset.was ? `read as ${node.dataset.was}` : "not in the model's answer";
  if (node.hasAttribute("data-was")) copy.classList.add("was");
  if (name === "span" && (node.hasAttribute("data-unseen") || node.hasAttribute("data-settled"))) copy.classList.add("mark");
  return copy;
}

// The elements of a sheet by their places, named as in NAME.review.json.
export function sheetToNodes(sheet) {
  const nodes = new Map();
  sheet.querySelectorAll("table").forEach((table, index) => {
    for (const [row, column, cell] of cellsOf(table)) nodes.set(placeKey({ table: index + 1, row, column }), cell);
  });
  const marks = [...sheet.querySelectorAll(".mark")].filter((each) => !each.closest("td, th") && !each.parentElement.closest(".mark"));
  marks.forEach((mark, index) => nodes.set(placeKey({ mark: index + 1 }), mark));
  return nodes;
}

export function placeKey({ table, row, column, mark }) {
  return mark ? `mark ${mark}` : `${table} ${row} ${column}`;
}

// Row and column from 1 of each cell, which may cover several.
function* cellsOf(table) {
  const taken = new Set();
  let row = 0;
  for (const line of table.rows) {
    row += 1;
    let column = 1;
    for (const cell of line.cells) {
      while (taken.has(`${row} ${column}`)) column += 1;
      for (let down = 0; down < cell.rowSpan; down += 1) {
        for (let right = 0; right < cell.colSpan; right += 1) taken.add(`${row + down} ${column + right}`);
      }
      yield [row, column, cell];
      column += cell.colSpan;
    }
  }
}
