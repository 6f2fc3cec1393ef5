// Pages of results that have the words that are looked for, below the list of documents.

import { make, plural } from "./words.js";

const by = (id) => document.getElementById(id);
let asked = 0;

export async function showHits(query) {
  asked += 1;
  const mine = asked;
  const words = query.trim();
  if (!words) {
    by("hits-section").hidden = true;
    return;
  }
  try {
    const answer = await fetch(`/api/search?${new URLSearchParams({ query: words })}`);
    if (mine !== asked || !answer.ok) return;
    show(await answer.json());
  } catch {
    by("hits-section").hidden = true; // the list says that the daemon does not answer
  }
}

function show({ hits, more, left, trouble }) {
  by("hits-section").hidden = false;
  by("hits").replaceChildren(...hits.map(hitToNode));
  const count = plural(hits.length, "page");
  by("hits-count").textContent = hits.length ? `${count}${more ? ", and more" : ""}` : "";
  const said = [trouble, !trouble && !hits.length ? "No page has these words." : "", left ? `${plural(left, "document")} still to be read for the search.` : ""];
  by("hits-said").textContent = said.filter(Boolean).join(" ");
}

// The pieces of a snippet are text, never markup.
function hitToNode({ ident, name, page, snippet }) {
  const pieces = snippet.map(({ text, hit }) => make(hit ? "mark" : "span", { textContent: text }));
  const link = make("a", { href: `/documents/${ident}?page=${page}#viewer`, textContent: `${name}, page ${page}` });
  return make("li", {}, link, make("p", { className: "snippet" }, ...pieces));
}
