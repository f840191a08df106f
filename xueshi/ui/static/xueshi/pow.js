/* 我不是机器人: a proof of work instead of a picture, in the ALTCHA protocol (SHA-256). Needs no worker and no eval.
   <div data-pow="address of the challenge"><button type="button" hidden>我不是机器人</button><span role="status"></span>
   <input type="hidden" name="altcha"></div> */
(() => {
  "use strict";
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function solve({ algorithm, challenge, salt, maxnumber }) {
    const encoder = new TextEncoder();
    for (let start = 0; start <= maxnumber; start += 500) {
      const batch = Array.from({ length: Math.min(500, maxnumber - start + 1) }, (_, place) => start + place);
      const sums = await Promise.all(batch.map((number) => crypto.subtle.digest(algorithm, encoder.encode(salt + number))));
      const found = sums.findIndex((sum) => hex(sum) === challenge);
      if (found >= 0) return start + found;
    }
    throw new Error("no solution");
  }

  async function prove(box) {
    const button = box.querySelector("button");
    const status = box.querySelector("[role=status]");
    button.disabled = true;
    status.textContent = "正在验证…";
    try {
      const answer = await fetch(box.dataset.pow, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const task = await answer.json();
      const number = await solve(task);
      const payload = { algorithm: task.algorithm, challenge: task.challenge, number, salt: task.salt, signature: task.signature };
      box.querySelector("input[name=altcha]").value = btoa(JSON.stringify(payload));
      status.textContent = "验证通过";
      button.hidden = true;
    } catch {
      status.textContent = "验证没有成功，请重试";
      button.disabled = false;
    }
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-pow]");
    if (box && event.target.closest("button")) prove(box);
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (!window.crypto || !window.crypto.subtle) return;
    for (const button of document.querySelectorAll("[data-pow] button")) button.hidden = false;
  });
})();
