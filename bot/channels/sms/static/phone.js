// Looks for new texts and shows them at the end; without this script a reload of the page does the same.
"use strict";

const texts = document.getElementById("texts");
const address = "/dev/phone/texts?number=" + encodeURIComponent(texts.dataset.number);
const box = document.getElementById("text");

function atTheEnd() {
  texts.scrollTop = texts.scrollHeight;
}

async function refresh() {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelectorAll("li");
    const shown = texts.querySelectorAll("li");
    if (shown.length === 0 && fresh.length > 0) {
      texts.replaceChildren(...page.body.children);
    } else {
      shown.forEach((item, index) => {
        const detail = fresh[index]?.querySelector(".detail");
        if (detail) item.querySelector(".detail").textContent = detail.textContent;
      });
      // Only what is new is added, so that a screen reader reads it once.
      [...fresh].slice(shown.length).forEach((item) => texts.querySelector("ol").append(item));
    }
    if (fresh.length > shown.length) atTheEnd();
  } catch {
    // The service restarts often during development; the next look finds it again.
  }
}

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    box.form.requestSubmit();
  }
});
atTheEnd();
setInterval(refresh, 1000);
