/* The scan viewer: an image over the page beside what was entered; zoom, rotate, fit, next. Without it links open images. */
(() => {
  "use strict";
  const MOST = 6, LEAST = 0.25, BY = 1.25;
  let shown = null;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });

  function open(link) {
    const list = link.closest(".x-scans, .x-kept");
    const links = list ? [...list.querySelectorAll("a[data-view]")] : [link];
    const dialog = make("dialog", "x-dialog viewer");
    const box = make("div", "x-viewer-box");
    const image = make("img", "x-viewer-img");
    box.tabIndex = 0;
    box.append(image);
    shown = { dialog, box, image, links, place: links.indexOf(link), zoom: 1, turn: 0, opener: link };
    dialog.append(bar(links.length > 1), body(box, link));
    dialog.addEventListener("close", close, { once: true });
    dialog.addEventListener("keydown", keys);
    image.addEventListener("load", draw);
    box.addEventListener("wheel", wheel, { passive: false });
    document.body.append(dialog);
    dialog.showModal();
    show(0);
    box.focus();
  }
  function close() {
    const { dialog, opener, links, place } = shown;
    shown = null;
    dialog.remove();
    const back = links[place] && links[place].isConnected ? links[place] : opener;
    if (back.isConnected) back.focus();
  }

  /* What was entered stands beside the scan, so that both are read together. */
  function body(box, link) {
    const parts = make("div", "x-viewer-body");
    parts.append(box);
    const around = link.closest(".card-body, .x-detail");
    const facts = around && around.querySelector(".x-kv");
    if (!facts) return parts;
    const beside = make("div", "x-viewer-facts");
    const copy = facts.cloneNode(true);
    for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id");
    beside.tabIndex = 0;
    beside.setAttribute("role", "group");
    beside.setAttribute("aria-label", "填写的信息");
    beside.append(copy);
    parts.append(beside);
    return parts;
  }
  function bar(several) {
    const tools = make("div", "x-viewer-bar");
    const name = make("span", "x-viewer-name");
    name.dataset.name = "";
    name.setAttribute("aria-live", "polite");
    tools.append(name);
    const offered = [["放大", () => scale(BY)], ["缩小", () => scale(1 / BY)], ["适应窗口", fit], ["旋转", () => turn(90)]];
    if (several) offered.push(["上一张", () => show(-1)], ["下一张", () => show(1)]);
    offered.push(["关闭", () => shown.dialog.close()]);
    for (const [label, act] of offered) {
      const button = make("button", "btn btn-sm");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", act);
      tools.append(button);
    }
    return tools;
  }

  function show(by) {
    const count = shown.links.length;
    shown.place = (shown.place + by + count) % count;
    shown.zoom = 1;
    shown.turn = 0;
    const link = shown.links[shown.place];
    shown.image.src = link.href;
    shown.image.alt = link.dataset.view;
    shown.dialog.setAttribute("aria-label", link.dataset.view);
    shown.dialog.querySelector("[data-name]").textContent = `${link.dataset.view}（${shown.place + 1} / ${count}）`;
  }
  function scale(by) { shown.zoom = Math.max(LEAST, Math.min(MOST, shown.zoom * by)); draw(); }
  function turn(by) { shown.turn = (shown.turn + by + 360) % 360; draw(); }
  function fit() { shown.zoom = 1; draw(); shown.box.scrollTo(0, 0); }

  /* At zoom 1 the whole image is seen, whichever way it is turned; the frame never changes its size. */
  function draw() {
    if (!shown || !shown.image.naturalWidth) return;
    const { box, image, zoom, turn: angle } = shown;
    const lying = angle % 180 !== 0;
    const wide = lying ? image.naturalHeight : image.naturalWidth, high = lying ? image.naturalWidth : image.naturalHeight;
    const fitted = Math.min((box.clientWidth - 16) / wide, (box.clientHeight - 16) / high, 2) * zoom;
    const width = image.naturalWidth * fitted, height = image.naturalHeight * fitted;
    const [outer, tall] = lying ? [height, width] : [width, height];
    image.style.width = `${width}px`;
    image.style.height = `${height}px`;
    image.style.margin = `${(tall - height) / 2 + Math.max(0, (box.clientHeight - tall) / 2)}px ${(outer - width) / 2 + Math.max(0, (box.clientWidth - outer) / 2)}px`;
    image.style.transform = `rotate(${angle}deg)`;
    image.dataset.turn = String(angle);
    image.dataset.zoom = zoom.toFixed(2);
  }
  window.addEventListener("resize", draw);

  function wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    scale(event.deltaY < 0 ? BY : 1 / BY);
  }
  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = { "+": () => scale(BY), "=": () => scale(BY), "-": () => scale(1 / BY), 0: fit, r: () => turn(90), l: () => turn(270) };
    if (shown.zoom <= 1 && shown.links.length > 1) Object.assign(acts, { arrowleft: () => show(-1), arrowright: () => show(1) });
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
  function make(tag, classes) {
    const made = document.createElement(tag);
    made.className = classes;
    return made;
  }
})();
