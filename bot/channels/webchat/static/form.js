/* The way from the chat to the plain form: the same conversation, its token in the body and never in an address. */

import { read } from "./store.js";

const form = document.getElementById("plain-form");

form.addEventListener("submit", () => {
  const here = read("conversation");
  form.elements.conversation.value = here ? here.conversation_id : "";
  form.elements.token.value = here ? here.token : "";
  form.elements.locale.value = document.documentElement.lang;
});
