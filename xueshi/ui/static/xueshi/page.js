/* Menus, confirmations, announcements after partial updates. Everything works without this file. */
(() => {
  "use strict";
  const announce = (text) => {
    const region = document.getElementById("announce");
    if (!region || !text) return;
    region.textContent = "";
    window.setTimeout(() => { region.textContent = text; }, 50);
  };
  window.xueshi = { announce };

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* A form is sent once; the pressed button goes along. */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.dataset.confirm && !button.dataset.confirmed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(button.dataset.confirm, () => {
        button.dataset.confirmed = "1";
        button.form.requestSubmit(button);
        delete button.dataset.confirmed;
      });
      return;
    }
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-repeatable")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(() => { delete form.dataset.sent; }, 4000);
  }, true);
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  function ask(text, yes) {
    const dialog = document.getElementById("confirm");
    const opener = document.activeElement;
    dialog.querySelector("#confirm-text").textContent = text;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (opener && opener.isConnected) opener.focus();
      if (dialog.returnValue === "yes") yes();
    }, { once: true });
    dialog.showModal();
    dialog.querySelector("button[value=no]").focus();
  }

  /* After htmx: say what changed; keep the focus where it was when its element lives on. */
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = document.getElementById(event.detail.target.id) || event.detail.target;
    announce(target.dataset.announce);
    const row = target.id === "detail" && event.detail.requestConfig.elt.closest("tr");
    if (row) {
      for (const other of document.querySelectorAll("tr.sel")) { other.classList.remove("sel"); other.removeAttribute("aria-current"); }
      row.classList.add("sel");
      row.setAttribute("aria-current", "true");
      target.closest(".x-split").classList.add("has-detail");
      announce("已打开详情");
    }
    if (target.hasAttribute("data-focus")) target.focus();
    if (target.id !== "detail") return;
    target.scrollTop = 0;
    target.focus({ preventScroll: true });
    if (window.matchMedia("(max-width: 900px)").matches) window.scrollTo(0, 0);
  });
  /* A picker never looks the same words up twice: the late second answer would take a choice away again. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const box = event.target.closest(".x-picker");
    const words = box && box.querySelector("input[type=search]");
    if (!words) return;
    if (event.detail.elt === words && box.dataset.asked === words.value) event.preventDefault();
    box.dataset.asked = words.value;
  });
  /* What only scripts can do is shown only where scripts run. */
  const scripted = (root) => { for (const part of root.querySelectorAll("[data-needs-script]")) part.hidden = false; };
  document.addEventListener("DOMContentLoaded", () => scripted(document));
  document.addEventListener("htmx:load", (event) => scripted(event.target));

  /* 待办事项 looks for news only while somebody can see it, and never sends anybody away from what they are typing. */
  const poll = () => document.querySelector("[data-poll]");
  document.addEventListener("htmx:beforeRequest", (event) => {
    const box = event.detail.elt;
    if (box.matches("[data-poll]") && (document.hidden || box.dataset.over || box.querySelector("details[open]"))) event.preventDefault();
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const box = event.detail.elt;
    if (!box.matches("[data-poll]") || !event.detail.xhr.getResponseHeader("HX-Redirect")) return;
    box.dataset.over = "1";
    event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && poll() && window.htmx) window.htmx.trigger(poll(), "wake"); });

  document.addEventListener("htmx:responseError", (event) => { if (!event.detail.elt.matches("[data-poll]")) announce("操作没有成功，请刷新页面后重试"); });
  document.addEventListener("htmx:sendError", (event) => { if (!event.detail.elt.matches("[data-poll]")) announce("网络连接中断，请稍后重试"); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422 || event.detail.xhr.getResponseHeader("HX-Retarget")) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
})();
