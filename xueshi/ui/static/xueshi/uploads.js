/* Chosen images: shown on a canvas (no blob addresses), put in order, shrunk when larger than the limit. */
(() => {
  "use strict";
  const chosen = new WeakMap();

  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.matches("input[type=file][data-upload]")) return;
    await add(input, [...input.files]);
  });
  /* The native control stays for the keyboard and for those without this file; with it, the whole zone takes files. */
  function dress(root) {
    for (const input of root.querySelectorAll(".x-dropzone:not(.live) > input[type=file][data-upload]")) {
      const words = document.createElement("span");
      words.setAttribute("aria-hidden", "true");
      const choose = document.createElement("b");
      choose.textContent = "选择文件";
      words.append("拖到这里，或 ", choose);
      input.before(words);
      input.parentElement.classList.add("live");
    }
  }
  document.addEventListener("DOMContentLoaded", () => dress(document));
  document.addEventListener("htmx:load", (event) => dress(event.target));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest && event.target.closest(".x-dropzone");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
      if (kind === "drop") add(zone.querySelector("input[type=file]"), [...event.dataTransfer.files]);
    });
  }

  async function add(input, files) {
    const limit = Number(input.dataset.maxBytes) || Infinity;
    const fitting = [];
    for (const file of files) fitting.push(file.size > limit ? await shrunk(file, limit) : file);
    /* A page that sends files at once takes them here; any other keeps them until its form is sent. */
    const event = new CustomEvent("xueshi:chosen", { bubbles: true, cancelable: true, detail: { files: fitting, local: hold } });
    if (input.dispatchEvent(event)) hold(input, fitting);
  }
  function hold(input, files) {
    const before = input.multiple ? chosen.get(input) || [] : [];
    chosen.set(input, [...before, ...files].slice(0, Number(input.dataset.maxFiles) || 20));
    draw(input);
  }

  /* A photo larger than the limit is drawn smaller until it fits; what is no image is left for the server to refuse. */
  async function shrunk(file, limit) {
    let picture;
    try { picture = await createImageBitmap(file); } catch { return file; }
    for (let scale = 1; scale > 0.15; scale *= 0.8) {
      const canvas = document.createElement("canvas");
      const edge = Math.min(1, 3200 / Math.max(picture.width, picture.height)) * scale;
      canvas.width = Math.round(picture.width * edge);
      canvas.height = Math.round(picture.height * edge);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
      if (blob && blob.size <= limit) return new File([blob], file.name.replace(/\.[^.]+$/, "") + ".jpg", { type: "image/jpeg" });
    }
    return file;
  }

  function store(input) {
    const carrier = new DataTransfer();
    for (const file of chosen.get(input)) carrier.items.add(file);
    input.files = carrier.files;
  }

  function draw(input) {
    store(input);
    const box = input.closest(".x-upload") || input.parentElement;
    let list = box.querySelector("[data-new]");
    if (!list) {
      list = document.createElement("ol");
      list.className = "x-kept";
      list.dataset.new = "";
      list.setAttribute("aria-label", "待上传的文件");
      input.closest(".x-dropzone").before(list);
    }
    list.replaceChildren(...chosen.get(input).map((file, place) => item(input, file, place)));
    window.xueshi.announce(`已选择 ${chosen.get(input).length} 个文件`);
  }

  function item(input, file, place) {
    const line = document.createElement("li");
    const thumb = document.createElement("span");
    thumb.className = "x-thumb";
    preview(file, thumb);
    const name = document.createElement("span");
    name.className = "x-thumb-name";
    name.textContent = `${file.name} ${(file.size / 1048576).toFixed(1)} MB`;
    const bar = document.createElement("span");
    bar.className = "x-thumb-buttons";
    const last = chosen.get(input).length - 1;
    bar.append(press("←", `前移 ${file.name}`, place > 0, () => move(input, place, -1)), press("→", `后移 ${file.name}`, place < last, () => move(input, place, 1)), press("×", `移除 ${file.name}`, true, () => remove(input, place)));
    line.append(thumb, name, bar);
    return line;
  }
  async function preview(file, place) {
    try {
      const picture = await createImageBitmap(file, { resizeWidth: 240 });
      const canvas = document.createElement("canvas");
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.getContext("2d").drawImage(picture, 0, 0);
      place.append(canvas);
    } catch { place.textContent = file.name.split(".").pop().toUpperCase(); }
  }
  function press(label, title, enabled, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.setAttribute("aria-label", title);
    button.disabled = !enabled;
    button.addEventListener("click", act);
    return button;
  }
  function move(input, place, by) {
    const files = chosen.get(input);
    [files[place], files[place + by]] = [files[place + by], files[place]];
    draw(input);
  }
  function remove(input, place) {
    chosen.get(input).splice(place, 1);
    draw(input);
    input.focus();
  }
})();
