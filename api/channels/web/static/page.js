// Makes the page smoother: messages go by fetch, replies are appended. Without this script every form still works.
// Old phones: no optional chaining, no event.submitter. Chinese wording stands in page.html.
(function () {
  "use strict";
  if (!window.fetch || !window.URLSearchParams || !Element.prototype.closest) return;

  const TIMEOUT_MS = 30000;
  const byId = (id) => document.getElementById(id);
  const turns = byId("turns");
  const form = byId("ask");
  const question = byId("question");
  const problem = byId("problem");
  const words = byId("words").dataset;
  let busy = false;
  let unsent = null; // {key, id, ...}: the message that failed; sent again it keeps its id, so it is answered once

  class RefusedError extends Error {}

  function newId() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
  }

  // Post fields; the answer is the body's text. Throws RefusedError with a text for the citizen when the server says no.
  async function post(url, fields) {
    const abort = window.AbortController ? new AbortController() : null;
    const timer = setTimeout(() => abort && abort.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
        signal: abort ? abort.signal : undefined,
      });
      const body = await response.text();
      if (response.ok) return body;
      throw new RefusedError(detailOf(body));
    } finally {
      clearTimeout(timer);
    }
  }

  function detailOf(body) {
    try {
      return JSON.parse(body).detail || words.failed;
    } catch (_) {
      return words.failed; // not problem details: a proxy's error page
    }
  }

  const isTouch = () => !window.matchMedia("(hover: hover) and (pointer: fine)").matches;
  const isCalm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const say = (text) => { byId("status").textContent = text; };

  function show(element) {
    element.scrollIntoView({ behavior: isCalm() ? "auto" : "smooth", block: "start" });
  }

  function showWaiting(text) {
    const turn = byId("waiting").content.firstElementChild.cloneNode(true);
    const line = turn.querySelector(".wait-text");
    const step = (name) => { line.textContent = line.dataset[name]; say(line.textContent); };
    turn.querySelector(".said-text").textContent = text;
    turns.appendChild(turn);
    step("sending");
    const timers = [setTimeout(step, 600, "waiting"), setTimeout(step, 8000, "slow")];
    show(turn);
    return () => { timers.forEach(clearTimeout); turn.remove(); };
  }

  function addTurn(html, keepFocus) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const turn = holder.content.querySelector(".turn");
    if (!turn) throw new RefusedError(words.failed);
    const old = byId(turn.id); // a repeated message brings the same turn again
    if (old) old.remove();
    turns.appendChild(turn);
    // An urgent box announces itself (role=alert).
    const first = turn.querySelector(".answer, .text, .notice, .choices");
    const parts = first ? first.querySelectorAll(".answer-title, .lead, .prompt, :scope > p") : [];
    say(words.received + Array.from(parts, (part) => part.textContent).join(" "));
    if (!keepFocus) turn.querySelector(".reply").focus({ preventScroll: true });
    show(turn);
  }

  function setBusy(on) {
    busy = on;
    document.body.classList.toggle("busy", on);
    question.readOnly = on;
    byId("send").setAttribute("aria-disabled", String(on));
  }

  // message: {key: field "text" or "choice" with its value, shown: what the citizen sees as said, typed}
  async function send(message) {
    if (busy) return;
    message.id = unsent && unsent.key[0] === message.key[0] && unsent.key[1] === message.key[1] ? unsent.id : newId();
    unsent = null;
    problem.hidden = true;
    setBusy(true);
    const stopWaiting = showWaiting(message.shown);
    try {
      const html = await post("/ask", [["message_id", message.id], message.key]);
      stopWaiting();
      if (message.typed) question.value = "";
      addTurn(html, message.typed && !isTouch());
    } catch (error) {
      stopWaiting();
      unsent = message;
      byId("problem-text").textContent = error instanceof RefusedError ? error.message : words.offline;
      problem.hidden = false;
      say("");
    } finally {
      setBusy(false);
      count();
    }
  }

  function sendQuestion() {
    const text = question.value.trim();
    if (text) send({ key: ["text", text], shown: text, typed: true });
    else question.focus();
  }

  async function rate(rating) {
    const box = rating.closest(".feedback");
    const thanks = box.querySelector(".thanks");
    const button = rating.querySelector("button");
    try {
      const given = Array.from(rating.querySelectorAll("input"), (input) => [input.name, input.value]);
      await post("/feedback", [...given, [button.name, button.value]]);
      thanks.textContent = words.thanks;
      box.classList.add("done");
    } catch (error) {
      thanks.textContent = error instanceof RefusedError ? error.message : words.unrated;
      box.classList.add("failed");
    }
    thanks.focus({ preventScroll: true });
  }

  // Tell how much room is left only when it gets short.
  function count() {
    const left = question.maxLength - question.value.length;
    byId("count").textContent = left <= question.maxLength / 5 ? words.rest + left + words.characters : "";
  }

  document.addEventListener("submit", (event) => {
    const target = event.target;
    const action = target.getAttribute("action");
    if (action !== "/ask" && action !== "/feedback") return; // erasing reloads the page anyway
    event.preventDefault();
    if (target === form) sendQuestion();
    else if (action === "/feedback") rate(target);
    else {
      const button = target.querySelector("button");
      send({ key: ["choice", button.value], shown: button.textContent, typed: false });
    }
  });

  question.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229; // Enter that only confirms a pinyin candidate
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    sendQuestion();
  });
  question.addEventListener("input", count);
  byId("retry").addEventListener("click", () => unsent && send(unsent));
})();
