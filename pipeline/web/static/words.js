// Small words and nodes.  What comes from outside only ever becomes text, never markup.

export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

// In the time zone of the browser.
export function dateTime(text) {
  return new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

export function size(bytes) {
  return bytes >= 104858 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`;
}

export const REASONS = {
  unreachable: "no model server could be reached",
  timeout: "the model did not finish in time",
  refused: "the model server refused the page",
  empty: "the model gave no content",
  truncated: "the answer was cut off",
  repetitive: "the model repeated itself",
  malformed: "the answer could not be used",
  unfaithful: "the answer contradicted the page's own text",
  render: "the page could not be drawn",
  worker_lost: "the process that worked on it died",
  document_deadline: "the document's time was over",
  engine_basic: "the built-in engine was chosen",
};
