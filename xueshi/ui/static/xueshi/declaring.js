/* A declaration keeps itself as one types; pictures are sent when chosen, put in order, taken out and put back. Everything works without this file. */
(() => {
  "use strict";
  const PAUSE = 2000, RETRY = 10000;
  const form = () => document.getElementById("declaring");
  const status = (place, words) => { const box = document.querySelector(place); if (box && words !== undefined) box.textContent = words; };
  const headers = { "HX-Request": "true" };
  const EXPIRED = "登录已过期，请在新窗口登录后继续";

  /* The draft: one request at a time; the newest version known here wins over an older page part that comes in late. */
  let timer = 0, running = null, again = false, sending = Promise.resolve(), uploading = false;
  const known = { draft: "", version: 0 };

  function later(pause = PAUSE) {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, pause);
  }
  async function keep() {
    window.clearTimeout(timer);
    timer = 0;
    const box = form();
    if (!box || !box.hasAttribute("data-keeps")) return;
    if (running) { again = true; return; }
    running = send(box);
    await running;
    running = null;
    if (again) { again = false; later(); }
  }
  async function send(box) {
    const data = new FormData(box);
    data.delete("evidence");
    data.set("do", "autosave");
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: data, headers, credentials: "same-origin", redirect: "error", keepalive: true });
      if (answer.headers.get("HX-Redirect")) { status("[data-keeps-status]", EXPIRED); return; }
      if (!answer.headers.get("Content-Type").includes("json")) { status("[data-keeps-status]", "没有自动保存，请刷新页面查看"); return; }
      const told = await answer.json();
      status("[data-keeps-status]", told.words);
      if (told.draft) learn(told);
    } catch {
      status("[data-keeps-status]", "网络中断，草稿尚未保存，恢复后自动重试");
      later(RETRY);
    }
  }
  function learn(told) {
    known.draft = String(told.draft);
    known.version = told.version;
    if (location.pathname !== told.url) history.replaceState(history.state, "", told.url);
    apply();
  }
  function apply() {
    const box = form();
    if (!box || !known.draft || Number(box.elements.version.value) > known.version) return;
    box.elements.draft.value = known.draft;
    box.elements.version.value = known.version;
  }
  function typed(event) {
    if (event.target.form === form() && event.target.type !== "file") later();
  }
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("htmx:afterSwap", apply);
  /* People were added or dropped: what is kept and what is calculated follow. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!form() || event.detail.target.id !== "people") return;
    form().dispatchEvent(new CustomEvent("xueshi:typed"));
    later(0);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) keep(); });
  window.addEventListener("online", () => { if (timer) keep(); });
  /* What is under way is finished first, so that the page sends the version that stands. */
  window.addEventListener("submit", (event) => {
    const box = event.target, button = event.submitter;
    if (box.id !== "declaring") return;
    window.clearTimeout(timer);
    again = false;
    if (!running && !uploading) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    Promise.allSettled([running, sending]).then(() => box.requestSubmit(button && button.isConnected ? button : null));
  }, true);

  /* Pictures. */
  document.addEventListener("xueshi:chosen", (event) => {
    if (!event.target.closest("#declaring [data-evidence]")) return;
    event.preventDefault();
    event.target.value = "";
    sending = sending.then(() => upload(event.detail));
  });
  const row = () => form().querySelector("[data-evidence]").closest(".x-row");
  async function upload({ files, local }) {
    const wrong = [];
    uploading = true;
    for (const [place, file] of files.entries()) {
      status("[data-upload-status]", `正在上传第 ${place + 1} 个，共 ${files.length} 个`);
      const told = await attach(file);
      if (!told) {
        local(row().querySelector("input[type=file]"), files.slice(place));
        status("[data-upload-status]", "网络中断，余下的文件将在提交时上传");
        break;
      }
      wrong.push(...told);
      if (place === files.length - 1) status("[data-upload-status]", "");
    }
    uploading = false;
    complain(wrong);
    if (wrong.length < files.length) later(0);
  }
  async function attach(file) {
    const data = new FormData(form());
    data.delete("evidence");
    data.append("evidence", file, file.name);
    data.set("do", "attach");
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: data, headers, credentials: "same-origin", redirect: "error" });
      if (answer.headers.get("HX-Redirect")) return [EXPIRED];
      if (!answer.headers.get("Content-Type").startsWith("text/html") || answer.status >= 500) return [`${file.name} 没有上传成功，请重试`];
      return take(await answer.text(), new Set(data.getAll("evidence__keep")));
    } catch { return null; }
  }
  /* Only what is new comes in: the list may have been re-ordered while the file was on its way. */
  function take(html, sent) {
    const drawn = document.createElement("template");
    drawn.innerHTML = html;
    const list = form().querySelector("[data-kept]");
    for (const line of drawn.content.querySelectorAll("[data-kept] > li")) {
      if (!sent.has(line.querySelector("[name=evidence__keep]").value)) list.append(line);
    }
    list.hidden = !list.children.length;
    edges(list);
    return [...drawn.content.querySelectorAll(".x-error p")].map((words) => words.textContent);
  }
  function complain(wrong) {
    const list = form().querySelectorAll("[data-kept] > li:not(.x-gone)");
    window.xueshi.announce(wrong.length ? wrong.join("；") : `共 ${list.length} 个附件`);
    row().classList.toggle("wrong", wrong.length > 0);
    let box = row().querySelector(".x-error");
    if (!wrong.length) { if (box) box.remove(); return; }
    if (!box) {
      box = document.createElement("div");
      box.className = "x-error";
      row().querySelector(".x-control").append(box);
    }
    box.replaceChildren(...wrong.map((words) => { const line = document.createElement("p"); line.textContent = words; return line; }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#declaring [data-evidence] button[data-by]");
    if (!button) return;
    event.preventDefault();
    const line = button.closest("li");
    if (button.dataset.by === "0") takeOut(line);
    else shift(line, Number(button.dataset.by), button);
    later(0);
  });
  const lines = (list) => [...list.children].filter((one) => !one.classList.contains("x-gone"));
  const nameOf = (line) => line.querySelector(".x-thumb-name").firstChild.textContent.trim();
  function edges(list) {
    const all = lines(list);
    for (const [place, line] of all.entries()) {
      line.querySelector("[data-by='-1']").disabled = place === 0;
      line.querySelector("[data-by='1']").disabled = place === all.length - 1;
    }
  }
  function shift(line, by, button) {
    const list = line.parentElement, all = lines(list), place = all.indexOf(line) + by;
    if (by < 0) all[place].before(line); else all[place].after(line);
    edges(list);
    (button.disabled ? line.querySelector("button:not(:disabled)") : button).focus();
    window.xueshi.announce(`${nameOf(line)} 移到第 ${place + 1} 个`);
  }
  function takeOut(line) {
    const list = line.parentElement, gone = document.createElement("li"), undo = document.createElement("button");
    gone.className = "x-gone";
    gone.append(`已移除 ${nameOf(line)}`);
    undo.type = "button";
    undo.className = "btn btn-sm";
    undo.textContent = "撤消";
    undo.addEventListener("click", () => {
      gone.replaceWith(line);
      edges(list);
      line.querySelector("[data-by='0']").focus();
      window.xueshi.announce(`已放回 ${nameOf(line)}`);
      later(0);
    });
    gone.append(undo);
    line.replaceWith(gone);
    edges(list);
    undo.focus();
    window.xueshi.announce(gone.firstChild.textContent);
  }
})();
