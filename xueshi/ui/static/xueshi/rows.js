/* Selected rows of a list, and the keyboard of the review desk: N next, P previous, A approve, R reject, V scans, ? help. */
(() => {
  "use strict";
  const boxes = (region) => [...region.querySelectorAll("input[type=checkbox][name=row]")];

  function tally(region) {
    const chosen = boxes(region).filter((box) => box.checked);
    const all = region.querySelector("[data-all]");
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes(region).length;
      all.indeterminate = chosen.length > 0 && !all.checked;
    }
    for (const box of boxes(region)) box.closest("tr").classList.toggle("ticked", box.checked);
    const place = region.querySelector("[data-selected]");
    if (!place) return;
    const weights = chosen.map((box) => box.dataset.weight).filter(Boolean);
    const sum = weights.reduce((total, weight) => total + Math.round(Number(weight) * 10), 0) / 10;
    place.textContent = chosen.length ? `已选 ${chosen.length} 条${weights.length ? `，共 ${sum} 学时` : ""}` : "";
  }

  document.addEventListener("change", (event) => {
    const region = event.target.closest("[id^=list-]");
    if (!region) return;
    if (event.target.matches("[data-all]")) for (const box of boxes(region)) box.checked = event.target.checked;
    if (event.target.matches("[data-all], [name=row]")) tally(region);
  });

  /* Without a selection the button explains itself instead of sending nothing. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-needs-rows]");
    if (!button) return;
    const region = button.closest("[id^=list-]");
    if (boxes(region).some((box) => box.checked)) return;
    event.preventDefault();
    const place = region.querySelector("[data-selected]");
    if (place) place.textContent = "请先选择记录";
  });

  document.addEventListener("keydown", (event) => {
    const desk = document.querySelector("[data-desk]");
    if (!desk || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    if (key === "n" || key === "p") { event.preventDefault(); step(desk, key === "n" ? 1 : -1); return; }
    if (key === "?") { const help = document.getElementById("keys"); if (help) help.showModal(); return; }
    if (key === "v") { const scan = desk.querySelector("#detail a[data-view]"); if (scan) { event.preventDefault(); scan.click(); } return; }
    const button = desk.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    const comment = key === "r" && button.form && button.form.querySelector("[name=comment]");
    if (comment && !comment.value.trim()) { comment.focus(); return; }  /* a refusal needs its reason first */
    button.click();
  });
  document.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-step]");
    if (mover) step(mover.closest("[data-desk]"), Number(mover.dataset.step));
    if (event.target.closest("[data-help]")) document.getElementById("keys").showModal();
  });

  /* A refusal without its reason is told beside the field, and the opened detail stays. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest('#detail button[name="verdict"][value="fail"]');
    const comment = button && button.form.elements.comment;
    if (!comment || comment.value.trim()) return;
    event.preventDefault();
    event.stopPropagation();
    if (!document.getElementById("comment_problem")) {
      const note = document.createElement("div");
      note.className = "x-error w-100 m-0";
      note.id = "comment_problem";
      note.setAttribute("role", "alert");
      note.textContent = `${button.textContent.trim().replace(/\s.*/s, "")}时请填写审核意见`;
      comment.after(note);
      comment.setAttribute("aria-invalid", "true");
      comment.setAttribute("aria-describedby", note.id);
    }
    comment.focus();
  }, true);

  /* Enter in a field of the decision is no verdict: it leads to the button that the field is about. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("#detail .x-decide input[type=text]")) return;
    const verdict = event.target.name === "comment" ? "fail" : "pass";
    const button = event.target.form.querySelector(`button[name="verdict"][value="${verdict}"]`);
    if (!button) return;
    event.preventDefault();
    button.focus();
  });

  /* A chosen reason becomes the comment, and names its field; both stay free to change. */
  document.addEventListener("change", (event) => {
    const choice = event.target;
    if (!choice.matches("select[data-reasons]") || !choice.value) return;
    const at = choice.value.indexOf(":");
    choice.form.elements.comment.value = choice.value.slice(at + 1);
    if (choice.form.elements.concerns) choice.form.elements.concerns.value = choice.value.slice(0, at);
    choice.form.elements.comment.focus();
  });

  function step(desk, by) {
    const rows = [...desk.querySelectorAll("tr[data-row]")];
    const now = rows.findIndex((row) => row.classList.contains("sel"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, now + by))];
    const link = next && next.querySelector("a");
    if (link) link.click();
  }

  document.addEventListener("htmx:load", (event) => { if (event.target.id && event.target.id.startsWith("list-")) tally(event.target); });
  document.addEventListener("DOMContentLoaded", () => {
    for (const region of document.querySelectorAll("[id^=list-]")) tally(region);
    /* After a decision the desk opens anew: the focus stays at what was said, not before the menu. */
    const told = document.querySelector("[data-desk]") && document.querySelector("main .x-flash[role=status], main .x-flash[role=alert], #detail .x-error[role=alert]");
    if (told && document.activeElement === document.body) { told.tabIndex = -1; told.focus({ preventScroll: true }); }
  });
})();
