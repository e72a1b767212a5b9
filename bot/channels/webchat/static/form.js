/* The way from the chat to the plain form: the same conversation, its token in the body and never in an address. */

import { read } from "./store.js";

const form = document.getElementById("plain-form");

// A link to the form in a message: with the conversation, as the button does it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || link.origin !== location.origin || link.pathname !== "/form") return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  form.requestSubmit();
});

form.addEventListener("submit", () => {
  const here = read("conversation");
  form.elements.conversation.value = here ? here.conversation_id : "";
  form.elements.token.value = here ? here.token : "";
  form.elements.locale.value = document.documentElement.lang;
});
