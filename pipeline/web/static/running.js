// A document in work: its facts, a strip with a cell for each page, and what is being done with which page.

import { order } from "./orders.js";
import { REASONS, duration, make, plural } from "./words.js";

const METHODS = { v: "by the model", t: "by the built-in engine", o: "by text recognition", b: "blank", n: "nothing could be read" };
const MANY = 240;
const SHOWN_NUMBERS = 12;

export class Running {
  constructor() {
    this.title = make("h3");
    this.facts = make("p", { className: "facts" });
    this.strip = make("div", { className: "strip", role: "img" });
    this.steps = make("ul", { className: "steps", ariaLabel: "Pages in work" });
    const head = make("div", { className: "bar" }, this.title, this.facts);
    this.pause = make("button", { className: "button", type: "button", textContent: "Pause" });
    this.first = make("button", { className: "button", type: "button", textContent: "Do first" });
    this.cancel = make("button", { className: "button", type: "button", textContent: "Cancel" });
    this.pause.onclick = () => this.order(this.news.paused ? "resume" : "pause");
    this.first.onclick = () => this.order("priority?value=10");
    this.cancel.onclick = () => this.order("cancel");
    const actions = make("p", { className: "actions" }, this.pause, this.first, this.cancel);
    this.node = make("article", { className: "document" }, head, this.strip, this.steps, actions);
    this.cells = [];
    this.shown = [];
  }

  show(news, now) {
    this.news = news;
    this.reasons = new Map(Object.entries(news.fallbacks).flatMap(([reason, numbers]) => numbers.map((number) => [number, reason])));
    this.title.textContent = news.folder === "." ? news.name : `${news.folder}/${news.name}`;
    // One that waits for a worker takes a line, so that sixty of them can be looked over.
    this.node.classList.toggle("quiet", !news.running.length && !this.reasons.size);
    this.pause.textContent = news.paused ? "Resume" : "Pause";
    for (const button of [this.pause, this.first, this.cancel]) button.ariaLabel = `${button.textContent}: ${this.title.textContent}`;
    this.first.hidden = news.priority > 0;
    this.showStrip();
    this.tick(now);
  }

  order(what) {
    order(`/api/work/${encodeURIComponent(this.news.ident)}/${what}`);
  }

  tick(now) {
    this.facts.textContent = this.factsOf(now);
    this.steps.replaceChildren(...this.stepsOf(now));
  }

  factsOf(now) {
    const { phase, pages, wanted, finished, journaled, began_at: began, engine } = this.news;
    if (pages === null) return "counting its pages";
    const facts = [`${finished} of ${plural(wanted, "page")}`];
    const elapsed = Math.max(0, now - began);
    const fresh = finished - journaled;
    if (phase === "publishing") facts.push("being put together");
    facts.push(`${duration(elapsed)} so far`);
    if (fresh > 0 && elapsed > 0 && finished < wanted) {
      facts.push(`about ${duration(((wanted - finished) * elapsed) / fresh)} to go`);
      facts.push(`${((fresh * 60) / elapsed).toFixed(1)} pages a minute`);
    }
    if (this.news.paused) facts.push("paused");
    if (engine === "basic") facts.push("by the built-in engine");
    if (engine === "lmstudio") facts.push("by the model");
    return facts.join(" · ");
  }

  stepsOf(now) {
    const { running, fallbacks } = this.news;
    const steps = running.map((page) => make("li", { className: stepToKind(page), textContent: `page ${page.number}: ${stepToWords(page)} · ${duration(now - page.since)}` }));
    for (const [reason, numbers] of Object.entries(fallbacks)) {
      steps.push(make("li", { className: "fell", textContent: `${pagesToWords(numbers)} fell back: ${REASONS[reason] ?? reason}` }));
    }
    return steps;
  }

  showStrip() {
    const { strip, running } = this.news;
    const byNumber = new Map(running.map((page) => [page.number, page]));
    this.strip.classList.toggle("many", strip.length > MANY);
    while (this.cells.length < strip.length) {
      const cell = make("i");
      this.cells.push(cell);
      this.strip.append(cell);
    }
    for (let index = 0; index < strip.length; index += 1) {
      const state = cellState(strip[index], byNumber.get(index + 1), this.reasons.get(index + 1));
      if (this.shown[index] === state.words) continue;
      this.shown[index] = state.words;
      this.cells[index].className = state.kind;
      this.cells[index].title = `page ${index + 1}: ${state.words}`;
    }
    this.strip.ariaLabel = `${this.news.finished} of ${this.news.wanted} pages are finished; ${plural(this.reasons.size, "page")} fell back`;
  }
}

function cellState(letter, page, reason) {
  if (page) return { kind: stepToKind(page), words: stepToWords(page) };
  if (reason) return { kind: letter === "n" ? "n" : "fell", words: `fell back: ${REASONS[reason] ?? reason}` };
  if (letter === "-") return { kind: "off", words: "not wanted" };
  if (letter === ".") return { kind: "", words: "waiting" };
  return { kind: letter, words: METHODS[letter] };
}

function stepToKind({ step, tokens }) {
  return step === "request" && tokens ? "answering" : step;
}

function pagesToWords(numbers) {
  const shown = numbers.slice(0, SHOWN_NUMBERS).join(", ");
  const more = numbers.length - SHOWN_NUMBERS;
  return `${numbers.length === 1 ? "page" : "pages"} ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}

function stepToWords({ step, tokens, reason }) {
  if (step === "figures") return "its pictures being drawn";
  if (step === "recognise") return "its picture being read";
  if (step === "render") return "being drawn";
  if (step === "request") return tokens ? `answering, ${plural(tokens, "token")}` : "asked";
  if (step === "check") return "being checked";
  return reason && reason !== "engine_basic" ? `falling back: ${REASONS[reason] ?? reason}` : "being read by the built-in engine";
}
