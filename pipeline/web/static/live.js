// What is going on, from the stream of events; nodes are kept and changed, so that focus and selection stay.

import { Running } from "./running.js";
import { order } from "./orders.js";
import { duration, make, plural } from "./words.js";

const by = (id) => document.getElementById(id);
const pulse = by("pulse");
const cards = new Map();
const figures = new Intl.NumberFormat();
let skew = 0;

export function watch(historyChanged) {
  const events = new EventSource("/events");
  events.addEventListener("status", (event) => {
    const news = JSON.parse(event.data);
    skew = news.now - Date.now() / 1000;
    say("live", "live");
    show(news);
    historyChanged(news.history);
  });
  events.addEventListener("error", () => say("lost", "the daemon does not answer; trying again …"));
  setInterval(() => cards.forEach((card) => card.tick(now())), 1000);
}

function now() {
  return Date.now() / 1000 + skew;
}

function say(state, words) {
  if (pulse.dataset.state === state) return;
  pulse.dataset.state = state;
  pulse.textContent = words;
}

function show(news) {
  const troubles = by("troubles");
  if (troubles.dataset.shown !== news.troubles.join("\n")) {
    troubles.dataset.shown = news.troubles.join("\n");
    troubles.replaceChildren(...news.troubles.map((each) => make("p", { className: "note trouble", role: "alert", textContent: each })));
  }
  if (by("notes").dataset.shown !== news.notes.join("\n")) {
    by("notes").dataset.shown = news.notes.join("\n");
    by("notes").replaceChildren(...news.notes.map((each) => make("p", { className: "note", textContent: each })));
  }
  showServers(news.servers);
  showHosts(news.hosts);
  showUnanswered(news.servers);
  showBatch(news.batch);
  showPause(news);
  showRunning(news);
  by("waiting-box").hidden = !news.waiting_count;
  by("waiting-count").textContent = `${plural(news.waiting_count, "document")} waiting`;
  by("waiting").replaceChildren(...news.waiting.map((each) => make("li", { textContent: each.name })));
}

function showPause(news) {
  const paused = news.notes.some((each) => each.startsWith("Everything is paused"));
  by("orders").hidden = !paused && !news.running.length && !news.waiting_count;
  by("pause-all").textContent = paused ? "Resume all" : "Pause all";
  by("pause-all").onclick = () => order(paused ? "/api/resume" : "/api/pause");
}

// All documents together, while there are several.
function showBatch(batch) {
  by("batch").hidden = !batch || batch.documents < 2;
  if (!batch) return;
  const about = batch.uncounted ? "about " : "";
  const facts = [`${figures.format(batch.ended)} of ${figures.format(batch.documents)} documents`, `${figures.format(batch.finished)} of ${about}${figures.format(batch.pages)} pages`];
  if (batch.ended_at) {
    facts.push(`in ${duration(batch.ended_at - batch.began_at)}`);
  } else {
    if (batch.pages_a_minute) facts.push(`${figures.format(batch.pages_a_minute)} pages a minute`);
    if (batch.left_s !== null) facts.push(`about ${duration(batch.left_s)} left`);
  }
  if (batch.fallbacks) facts.push(`${plural(batch.fallbacks, "page")} fell back`);
  by("batch-words").textContent = facts.join(" · ");
  by("batch-bar").max = Math.max(1, batch.pages);
  by("batch-bar").value = batch.ended_at ? by("batch-bar").max : batch.finished;
}

function showUnanswered(servers) {
  by("unanswered").hidden = !servers.length || servers.some((each) => each.answers);
}

function showRunning(news) {
  const box = by("running");
  const idents = new Set(news.running.map((each) => each.ident));
  for (const [ident, card] of cards) {
    if (!idents.has(ident)) {
      card.node.remove();
      cards.delete(ident);
      by("said").textContent = `${card.news.name} is no longer in work`;
    }
  }
  for (const each of news.running) {
    if (!cards.has(each.ident)) {
      cards.set(each.ident, new Running());
      box.append(cards.get(each.ident).node);
    }
    cards.get(each.ident).show(each, now());
  }
  by("idle").hidden = news.running.length > 0 || news.waiting_count > 0;
  by("legend").hidden = news.running.length === 0;
  by("running-count").textContent = news.running_count || "";
  const hidden = (news.running_count ?? 0) - news.running.length;
  by("more-running").hidden = hidden <= 0;
  by("more-running").textContent = `and ${plural(hidden, "more document", "more documents")}`;
  document.title = news.running_count ? `(${news.running_count}) Dropleaf` : "Dropleaf";
}

function showList(name, values, toNode) {
  const list = by(name);
  const key = JSON.stringify(values);
  by(`${name}-section`).hidden = !values.length;
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...values.map(toNode));
}

function showServers(servers) {
  showList("servers", servers, serverToNode);
}

function showHosts(hosts) {
  showList("hosts", hosts, hostToNode);
}

function slotsToNode(count, used) {
  const slots = make("span", { className: "slots", ariaHidden: "true" });
  for (let slot = 0; slot < Math.min(count, 32); slot += 1) {
    slots.append(make("i", { className: slot < used ? "used" : "" }));
  }
  return slots;
}

function hostToNode(host) {
  const ready = host.state === "ready";
  return make(
    "li",
    { className: ready ? "" : "bad" },
    make("div", { className: "model", textContent: host.name }),
    make(
      "p",
      { className: "state" },
      ready ? slotsToNode(host.slots, host.in_work) : "",
      ready ? `${host.in_work} of ${plural(host.slots, "slot")} in use` : host.state,
    ),
  );
}

function serverToNode(server) {
  const slots = slotsToNode(server.slots, server.in_flight);
  const ready = server.state === "ready";
  return make(
    "li",
    { className: ready ? "" : "bad" },
    make("div", { className: "model", textContent: server.model ?? "no model" }),
    make("div", { className: "url", textContent: server.url }),
    server.family ? make("div", { className: "family", textContent: server.family }) : "",
    make("p", { className: "state" }, ready ? slots : "", ready ? `${server.in_flight} of ${plural(server.slots, "slot")} in use` : server.state),
  );
}
