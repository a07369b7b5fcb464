"use strict";

// The list: one box chooses every entry of the page.
const all = document.getElementById("all");
if (all) {
  all.hidden = false;
  all.setAttribute("aria-label", "选中这一页的全部条目");
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll('input[name="entry"]')) box.checked = all.checked;
  });
}

// The editor: rows come and go, what is typed saves itself, is checked, and shows how it will look.
const form = document.getElementById("entry");
if (form && form.dataset.writable === "yes") edit(form);

function edit(form) {
  const SAVE_MS = 1500, CHECK_MS = 700, AGAIN_MS = 8000;
  const shown = Object.fromEntries(["saved", "failed", "conflict", "flaws", "wechat", "web"].map((id) => [id, document.getElementById(id)]));
  let token = form.elements.csrf.value;
  let unsaved = form.elements.revision.value !== form.dataset.revision || shown.conflict.childElementCount > 0;
  let blocked = shown.conflict.childElementCount > 0;
  let leaving = false, saving = null, saveTimer = 0, checkTimer = 0, checks = 0;

  // --- rows and counters ---

  const spares = {};
  for (const spare of form.querySelectorAll(".spare")) {
    spare.classList.remove("spare");
    const legend = spare.querySelector("legend");
    if (legend) legend.textContent = legend.textContent.split("（")[0];
    spares[spare.dataset.rows] = spare;
    spare.remove();
  }
  for (const button of form.querySelectorAll(".remove, [data-add]")) button.hidden = false;

  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add]"), remove = event.target.closest(".remove");
    if (add) {
      const row = spares[add.dataset.add].cloneNode(true);
      for (const button of row.querySelectorAll(".remove")) button.hidden = false;
      add.parentElement.before(row);
      row.querySelector("input:not([type=hidden])").focus();
    } else if (remove) {
      const row = remove.closest(".repeated");
      const next = row.closest("fieldset:not(.repeated)").querySelector("[data-add]");
      row.remove();
      next.focus();
      changed();
    }
  });

  function count(field) {
    const label = field.closest("label");
    let counter = label.querySelector(".counter");
    if (!counter) {
      counter = document.createElement("span");
      counter.className = "counter quiet";
      field.before(counter);
    }
    const length = field.value.trim().length, most = Number(field.dataset.most);
    counter.textContent = ` ${length} / ${most}`;
    counter.classList.toggle("over", length > most);
  }
  for (const field of form.querySelectorAll("[data-most]")) count(field);

  // --- asking the server ---

  async function ask(method, path, body) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": token };
    const response = await fetch(path, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, data: await response.json() };
  }

  function typed() {
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrf" && name !== "revision");
    return { revision: Number(form.elements.revision.value), fields };
  }

  // After signing in again in another window the page goes on with the new session.
  async function renewToken() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const field = page.querySelector('#entry input[name="csrf"]');
    if (field) token = form.elements.csrf.value = field.value;
  }

  // --- saving ---

  function tell(saved, failed) {
    shown.saved.textContent = saved;
    shown.failed.textContent = failed;
    shown.failed.hidden = !failed;
  }

  function changed() {
    unsaved = true;
    if (!blocked) tell("还没有保存……", "");
    clearTimeout(saveTimer);
    saveTimer = setTimeout(save, SAVE_MS);
    clearTimeout(checkTimer);
    checkTimer = setTimeout(check, CHECK_MS);
  }

  async function save() {
    clearTimeout(saveTimer);
    while (saving) await saving;
    if (!unsaved || blocked || leaving) return;
    saving = send();
    await saving;
    saving = null;
  }

  async function send() {
    unsaved = false;
    let answer;
    try {
      answer = await ask("PUT", form.getAttribute("action"), typed());
    } catch {
      answer = { status: 0, data: { detail: "网络不通。" } };
    }
    const { status, data } = answer;
    if (status === 200) {
      form.elements.revision.value = data.revision;
      tell(`${data.saved_at} 已自动保存`, "");
      return;
    }
    unsaved = true;
    if (status === 409) {
      blocked = true;
      tell("", data.detail);
      shown.conflict.innerHTML = data.conflict;
      const mine = document.getElementById("keep-mine");
      mine.hidden = false;
      mine.addEventListener("click", () => {
        form.elements.revision.value = data.revision;
        shown.conflict.replaceChildren();
        blocked = false;
        save();
      });
      shown.conflict.focus();
      return;
    }
    const signedOut = status === 401 || status === 403;
    tell("", `没有保存上：${signedOut ? "登录过期了。请在新窗口重新登录，这一页不要关，登录后会自动接着保存。" : data.detail}`);
    if (signedOut) await renewToken().catch(() => {});
    if (status !== 422) saveTimer = setTimeout(save, AGAIN_MS);
  }

  // --- checking ---

  async function check() {
    const number = ++checks;
    const answer = await ask("POST", `${form.getAttribute("action")}/check`, typed()).catch(() => null);
    if (!answer || answer.status !== 200 || number !== checks) return;
    shown.flaws.innerHTML = answer.data.flaws;
    shown.wechat.innerHTML = answer.data.wechat;
    if (shown.web.srcdoc !== answer.data.web) shown.web.srcdoc = answer.data.web;
  }

  form.addEventListener("input", (event) => {
    if (event.target.dataset.most) count(event.target);
    if (event.target.list) offer(event.target);
    changed();
  });

  // --- finding entries by title or id ---

  let offers = 0;
  async function offer(field) {
    if (field.name !== "next" && field.name !== "confusable_id") return;
    const number = ++offers;
    const answer = await fetch(`/staff/entries/choices?text=${encodeURIComponent(field.value)}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok || number !== offers) return;
    const found = (await answer.json()).map(({ id, title }) => new Option(title, id));
    field.list.replaceChildren(...field.list.querySelectorAll(".guide"), ...found);
  }

  // --- leaving ---

  form.addEventListener("submit", (event) => {
    if (saving) {
      event.preventDefault();
      saving.then(() => form.requestSubmit(event.submitter));
      return;
    }
    clearTimeout(saveTimer);
    leaving = true;
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved && !leaving) event.preventDefault();
  });
}
