/* The sign-in box: another captcha on click, wording that follows the user type. Works without it: links and a button. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-captcha]");
    if (!link) return;
    event.preventDefault();
    const image = link.querySelector("img");
    image.src = `${image.src.split("?")[0]}?${Date.now()}`;
    document.getElementById("captcha").value = "";
    document.getElementById("captcha").focus();
  });
  document.addEventListener("change", (event) => {
    const choice = event.target;
    if (choice.name !== "user_type") return;
    document.getElementById("identifier").placeholder = choice.dataset.placeholder;
    const label = document.querySelector("[data-document-label]");
    if (label) label.textContent = choice.dataset.document;
  });
})();
