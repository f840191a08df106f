/* Conditional fields, narrowed choices, counters, days of a period, focus on the errors. */
(() => {
  "use strict";
  const value = (form, name) => {
    const found = form.elements[name];
    if (!found) return "";
    if (found instanceof RadioNodeList) return found.value;
    if (found.type === "checkbox") return found.checked ? "on" : "";
    return found.value;
  };

  function conditions(form) {
    for (const row of form.querySelectorAll("[data-shown-when]")) {
      const wanted = Object.entries(JSON.parse(row.dataset.shownWhen));
      row.hidden = !wanted.every(([name, answers]) => {
        const asked = form.elements[name];
        const asker = asked instanceof RadioNodeList ? asked[0] : asked;
        const above = asker && asker.closest("[data-shown-when]");
        return !(above && above.hidden) && answers.includes(value(form, name));
      });
    }
  }

  /* The choices of a list that hang on answers given above it. */
  const all = new WeakMap();
  function narrow(form) {
    for (const select of form.querySelectorAll("select[data-narrowed-by]")) {
      if (!all.has(select)) all.set(select, [...select.options]);
      const by = JSON.parse(select.dataset.narrowedBy).map((name) => value(form, name));
      const chosen = select.value;
      const fits = (option) => !option.dataset.parents || JSON.parse(option.dataset.parents).every((parent, place) => parent === "*" || parent === by[place]);
      select.replaceChildren(...all.get(select).filter(fits));
      select.value = chosen;
      if (select.selectedIndex < 0) select.selectedIndex = 0;
      if (select.tomselect) { select.tomselect.clearOptions(); select.tomselect.sync(); }
    }
  }

  function count(box) {
    const place = document.querySelector(`[data-counter-for="${box.id}"]`);
    if (place) place.textContent = `${[...box.value].length} / ${box.dataset.counter} 字`;
  }

  function days(period) {
    const [start, end] = [...period.querySelectorAll("input")].map((box) => box.valueAsNumber);
    const number = Math.round((end - start) / 86400000) + 1;
    period.querySelector("[data-days]").textContent = number > 0 ? `共 ${number} 天` : "";
  }

  function refresh(form) { conditions(form); narrow(form); }

  document.addEventListener("input", (event) => {
    const box = event.target;
    if (box.dataset.counter) count(box);
    const period = box.closest(".x-period");
    if (period) days(period);
  });
  document.addEventListener("change", (event) => {
    if (event.target.form) refresh(event.target.form);
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  function start(root) {
    for (const form of root.querySelectorAll("form")) refresh(form);
    for (const box of root.querySelectorAll("[data-counter]")) count(box);
    for (const period of root.querySelectorAll(".x-period")) days(period);
    for (const select of root.querySelectorAll("select[data-search]:not(.tomselected)")) enrich(select);
    const errors = root.querySelector("[data-focus-first]");
    if (errors) errors.focus();
  }
  function enrich(select) {
    if (!window.TomSelect) return;
    const label = select.labels[0] && select.labels[0].textContent;
    new window.TomSelect(select, { maxOptions: 300, allowEmptyOption: true, render: { no_results: () => "<div class=\"no-results\">没有匹配的选项</div>" } });
    if (label) select.setAttribute("aria-label", label);
  }
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) start(event.target); });
  document.addEventListener("DOMContentLoaded", () => start(document));
})();
