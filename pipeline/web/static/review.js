// Checks a page of a document: from doubt to doubt, each confirmed or corrected in its place, by keys alone if wanted.

import { showPlace, watchClicks } from "./picture.js";
import { htmlToSheet, placeKey, sheetToNodes } from "./sheet.js";

const by = (id) => document.getElementById(id);
const viewer = by("viewer");
const SETTLE_URL = viewer?.dataset.review;
const page = Number(viewer?.dataset.page);
const inQueue = new URLSearchParams(location.search).get("review") === "queue";

class Review {
  constructor(found, sheet) {
    this.size = found.page.size;
    const nodes = sheetToNodes(sheet);
    this.places = found.page.places.map((place) => ({ ...place, node: nodes.get(placeKey(place)) })).filter((place) => place.node);
    this.byNode = new Map(this.places.map((place) => [place.node, place]));
    this.elsewhere = found.doubted.filter((each) => each.number !== page);
    this.current = null;
    this.sent = Promise.resolve();
    for (const place of this.places) {
      place.node.tabIndex = -1;
      this.mark(place);
    }
    sheet.addEventListener("focusin", (event) => this.select(this.placeOf(event.target)));
    sheet.addEventListener("click", (event) => this.placeOf(event.target)?.node.focus());
    watchClicks(this.places, this.size ?? [1, 1], (place) => this.go(place));
    by("doubt-before").addEventListener("click", () => this.turn(-1));
    by("doubt-after").addEventListener("click", () => this.turn(1));
    by("confirm").addEventListener("click", () => this.settle(this.current?.text));
    by("correct").addEventListener("click", () => this.edit());
    by("take").addEventListener("click", () => this.settle(this.current?.page_reading));
    addEventListener("keydown", (event) => this.press(event));
    this.say();
  }

  get doubts() {
    return this.places.filter((place) => place.doubted);
  }

  placeOf(target) {
    for (let node = target; node; node = node.parentElement) {
      if (this.byNode.has(node)) return this.byNode.get(node);
    }
    return null;
  }

  mark({ node, doubted }) {
    node.classList.toggle("doubted", doubted);
    if (doubted) node.setAttribute("aria-describedby", "to-look-at");
    else node.removeAttribute("aria-describedby");
  }

  select(place) {
    if (!place || place === this.current) return;
    this.current?.node.classList.remove("current");
    this.current = place;
    place.node.classList.add("current");
    showPlace(place.box, this.size);
    this.say();
  }

  go(place) {
    place.node.focus();
    place.node.scrollIntoView({ block: "nearest" });
  }

  // What is left, and what can be done with the place that is looked at.
  say() {
    const here = this.doubts.length;
    const all = here + this.elsewhere.reduce((sum, each) => sum + each.doubts, 0);
    const words = all ? `${here} to check on this page, ${all} in this document.` : "Nothing is left to check in this document.";
    if (by("left").textContent !== words) by("left").textContent = words;
    by("to-check").hidden = !all;
    by("to-check").textContent = `${all} to check`;
    const { doubted, page_reading: reading, text } = this.current ?? {};
    by("confirm").ariaDisabled = String(!doubted);
    by("correct").ariaDisabled = String(!this.current);
    by("take").hidden = !reading || reading === text;
    by("take").textContent = `Take “${reading}” of the page's own text`;
  }

  turn(step) {
    const doubts = this.doubts;
    const order = this.places.indexOf(this.current);
    const ahead = step > 0 ? doubts.find((place) => this.places.indexOf(place) > order) : doubts.findLast((place) => order < 0 || this.places.indexOf(place) < order);
    if (ahead) this.go(ahead);
    else this.leave(step);
  }

  // To the next page with a doubt, to the next document of the queue, or around to the other end.
  async leave(step) {
    const pages = step > 0 ? this.elsewhere.filter((each) => each.number > page) : this.elsewhere.filter((each) => each.number < page).reverse();
    const around = step > 0 ? this.elsewhere[0] : this.elsewhere.at(-1);
    if (!pages.length && inQueue && step > 0) await this.visit(`/review?after=${viewer.dataset.ident}`);
    else if (pages.length || (around && !this.doubts.length)) await this.visit(`?page=${(pages[0] ?? around).number}${inQueue ? "&review=queue" : ""}${step > 0 ? "#doubt" : "#last-doubt"}`);
    else if (this.doubts.length) this.go(step > 0 ? this.doubts[0] : this.doubts.at(-1));
  }

  // What was settled is delivered first; where that fails, the place is shown again and nothing is left.
  async visit(url) {
    if (await this.sent) return;
    location.assign(url);
  }

  edit() {
    const place = this.current;
    if (!place || place.node.querySelector("input, table")) return;
    const children = [...place.node.childNodes];
    const field = Object.assign(document.createElement("input"), { className: "editor", value: place.text, maxLength: 4000, ariaLabel: "What it should say", autocomplete: "off", spellcheck: false });
    field.size = Math.max(4, place.text.length + 2);
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      const now = field.value.trim().replace(/\s+/g, " ");
      place.node.replaceChildren(...children);
      place.node.focus();
      if (event.key === "Enter") this.settle(now);
    });
    place.node.replaceChildren(field);
    field.select();
  }

  settle(now) {
    const place = this.current;
    if (!place || now === undefined || now === null || (now === place.text && !place.doubted)) return;
    const before = { text: place.text, doubted: place.doubted, children: [...place.node.childNodes] };
    if (now !== place.text) place.node.textContent = now;
    place.node.classList.add("settled");
    place.text = now;
    place.doubted = false;
    this.mark(place);
    this.say();
    this.sent = this.sent.then((failed) => failed || this.send(place, before));
    this.turn(1);
  }

  // Whether it failed; then the place is as it was.
  async send(place, before) {
    const { table, row, column, mark, text } = place;
    const said = await post({ page, table, row, column, mark, was: before.text, now: text });
    if (!said) return false;
    place.text = before.text;
    place.doubted = before.doubted;
    place.node.replaceChildren(...before.children);
    place.node.classList.remove("settled");
    this.mark(place);
    by("retried").hidden = false;
    by("retried").classList.add("trouble");
    by("retried").textContent = said;
    this.sent = Promise.resolve();
    this.say();
    this.go(place);
    return true;
  }

  press(event) {
    if (!by("keys").checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const orders = { n: () => this.turn(1), p: () => this.turn(-1), c: () => this.settle(this.current?.text), e: () => this.edit(), t: () => this.take() };
    const onPlace = this.placeOf(event.target);
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (onPlace && event.key === "Enter") orders.e();
    else if (onPlace?.table && moves[event.key]) this.move(onPlace, ...moves[event.key]);
    else if (orders[event.key]) orders[event.key]();
    else return;
    event.preventDefault();
  }

  take() {
    if (!by("take").hidden) this.settle(this.current?.page_reading);
  }

  // To the cell beside one, in its table; over places that another cell covers.
  move({ table, row, column }, down, right) {
    const ahead = this.places.filter((each) => each.table === table && (right ? each.row === row && Math.sign(each.column - column) === right : each.column === column && Math.sign(each.row - row) === down));
    const far = (each) => Math.abs(each.row - row) + Math.abs(each.column - column);
    if (ahead.length) this.go(ahead.reduce((best, each) => (far(each) < far(best) ? each : best)));
  }
}

// The sentence that says why it was not kept; null where it was.
async function post(said) {
  try {
    const answer = await fetch(SETTLE_URL, { method: "POST", body: JSON.stringify({ settled: [said] }), headers: { "X-Dropleaf": "1", "Content-Type": "application/json" } });
    return answer.ok ? null : ((await answer.json()).error ?? "It was not kept.");
  } catch {
    return "The daemon does not answer, so this was not kept.";
  }
}

// Where the result cannot be read for this, it stays in its frame.
async function begin() {
  const [found, html] = await Promise.all([fetch(`${SETTLE_URL}?page=${page}`), fetch(by("result").src)]);
  if (!found.ok || !html.ok) return;
  const told = await found.json();
  const sheet = htmlToSheet(await html.text());
  if (!sheet || !told.page) return;
  Object.assign(sheet, { id: "sheet", className: "sheet", tabIndex: 0, role: "region", ariaLabel: `Result of page ${page}` });
  by("result").replaceWith(sheet);
  by("review").hidden = false;
  const review = new Review(told, sheet);
  if (inQueue || location.hash === "#doubt") review.turn(1);
  if (location.hash === "#last-doubt") review.turn(-1);
}

if (by("result")) begin().catch(() => {});
