"use strict";

const POLL_MS = 700;
const list = document.getElementById("lines");
const menu = document.getElementById("menu");
const form = document.getElementById("form");
const field = document.getElementById("text");
let shown = 0;
let shownMenu = "[]";

function post(path, body) {
  return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", action);
  return made;
}

function drawSegment(segment) {
  if (segment.menu_id) {
    const choice = button(segment.text, () => post("/tap", { content: segment.content, menu_id: segment.menu_id }));
    choice.className = "choice";
    return choice;
  }
  if (/^https?:/.test(segment.address)) {
    const link = document.createElement("a");
    link.href = segment.address;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = segment.text;
    return link;
  }
  return document.createTextNode(segment.text);
}

function drawLine(line) {
  const made = document.createElement("p");
  made.className = `line ${line.who}`;
  made.append(...line.segments.map(drawSegment));
  list.append(made);
  list.scrollTop = list.scrollHeight;
  shown = line.number;
}

function drawButton(item) {
  const command = item.type === "view" ? `/view ${item.url}` : `/click ${item.key}`;
  return button(item.name, () => post("/enter", { text: command }));
}

function drawTop(item) {
  if (!item.sub_button || !item.sub_button.length) return drawButton(item);
  const folded = document.createElement("details");
  const name = document.createElement("summary");
  const below = document.createElement("div");
  name.textContent = item.name;
  below.className = "below";
  below.append(...item.sub_button.map(drawButton));
  folded.append(name, below);
  folded.addEventListener("click", (event) => { if (event.target.closest("button")) folded.open = false; });
  return folded;
}

function drawMenu(items) {
  const wanted = JSON.stringify(items);
  if (wanted === shownMenu) return;
  shownMenu = wanted;
  menu.hidden = !items.length;
  menu.replaceChildren(...items.map(drawTop));
}

async function poll() {
  try {
    const got = await (await fetch(`/lines?after=${shown}`)).json();
    got.lines.forEach(drawLine);
    drawMenu(got.menu);
  } catch {
    // the simulator was stopped; it may come back
  }
  setTimeout(poll, POLL_MS);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (field.value.trim()) post("/enter", { text: field.value });
  field.value = "";
});

poll();
