// Files that are dropped or chosen: two at a time, each as the body of one request.

import { make, plural, size } from "./words.js";

const AT_ONCE = 2;
const drop = document.getElementById("drop");
const list = document.getElementById("uploads");
const said = document.getElementById("said");
const line = [];
const total = { bar: make("progress", { max: 1, value: 0, ariaLabel: "Upload of all files" }), state: make("span"), files: 0, done: 0, bytes: 0, sent: 0 };
total.row = make("li", { className: "total" }, make("span", { className: "name", textContent: "All files" }), total.bar, total.state);
let busy = 0;

export function takeDrops() {
  const input = document.getElementById("files");
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  // The whole window takes drops, since a file beside the field would otherwise be opened instead of this page.
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    add(event.dataTransfer.files);
  });
}

function add(files) {
  const engine = drop.querySelector("input[name=engine]:checked").value;
  // The question is asked only while no server answers; else the settings hold.
  const unanswered = !document.getElementById("unanswered").hidden;
  const action = unanswered ? drop.querySelector("input[name=when_unreachable]:checked").value : "";
  const folder = drop.querySelector("#folder").value.trim();
  for (const file of files) {
    line.push({ file, engine, folder, action, sent: 0 });
    total.files += 1;
    total.bytes += file.size;
  }
  if (files.length) said.textContent = `${plural(files.length, "file")} on the way`;
  next();
}

function next() {
  while (busy < AT_ONCE && line.length) {
    busy += 1;
    send(line.shift());
  }
  if (!busy) Object.assign(total, { files: 0, done: 0, bytes: 0, sent: 0 });
  showTotal();
}

function showTotal() {
  if (total.files <= AT_ONCE) return total.row.remove();
  total.bar.value = total.bytes ? total.sent / total.bytes : 0;
  total.state.textContent = `${total.done} of ${total.files}`;
  if (!total.row.isConnected) list.prepend(total.row);
}

function send(upload) {
  const { file, engine, folder, action } = upload;
  const bar = make("progress", { max: 1, value: 0, ariaLabel: `Upload of ${file.name}` });
  const state = make("span", { textContent: size(file.size) });
  const row = make("li", {}, make("span", { className: "name", textContent: file.name }), bar, state);
  Object.assign(upload, { bar, state, row });
  list.append(row);
  const limit = Number(drop.dataset.mib) * 1048576;
  if (file.size > limit) return end(upload, `larger than ${drop.dataset.mib} MiB`);
  const ending = file.name.toLowerCase().match(/\.[^.]*$/)?.[0];
  if (!drop.dataset.ends.split(" ").includes(ending)) return end(upload, drop.dataset.ends === ".pdf" ? "is no PDF" : "is no PDF and no picture");
  const request = new XMLHttpRequest(); // fetch() tells nothing of an upload's progress
  request.open("POST", `/api/documents?${new URLSearchParams({ name: file.name, engine, folder, ...(action && { when_unreachable: action }) })}`);
  request.setRequestHeader("Content-Type", ending === ".pdf" ? "application/pdf" : `image/${ending.slice(1)}`);
  request.setRequestHeader("X-Dropleaf", "1");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    count(upload, event.loaded);
  });
  request.addEventListener("loadend", () => {
    if (request.status === 201) {
      bar.value = 1;
      state.textContent = "in the inbox";
      said.textContent = `${file.name} is in the inbox`;
      setTimeout(() => row.remove(), 4000);
      done(upload);
    } else if (request.status === 503) {
      waitForRoom(upload, Number(request.getResponseHeader("Retry-After")) || 2);
    } else {
      end(upload, reason(request));
    }
  });
  request.send(file);
}

function waitForRoom(upload, seconds) {
  upload.state.textContent = "waits, since others send too";
  count(upload, 0);
  setTimeout(() => {
    upload.row.remove();
    busy -= 1;
    line.unshift(upload);
    next();
  }, seconds * 1000);
}

function reason(request) {
  try {
    return JSON.parse(request.responseText).error;
  } catch {
    return request.status ? `refused (${request.status})` : "the connection broke";
  }
}

function end(upload, why) {
  const { bar, state, row, file } = upload;
  bar.remove();
  state.textContent = why;
  state.className = "refused";
  row.append(make("button", { type: "button", className: "button", textContent: "OK", onclick: () => row.remove() }));
  said.textContent = `${file.name}: ${why}`;
  done(upload);
}

function count(upload, bytes) {
  total.sent += bytes - upload.sent;
  upload.sent = bytes;
  showTotal();
}

function done(upload) {
  count(upload, upload.file.size);
  total.done += 1;
  busy -= 1;
  queueMicrotask(next); // a hundred refused ones in a row must not call each other
}
