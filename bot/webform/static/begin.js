/* A form that begins in a browser with a chat goes on with the conversation of that chat. */

import { read } from "/static/webchat/store.js";

const form = document.getElementById("begin");
const here = read("conversation");

if (here) {
  form.elements.conversation.value = here.conversation_id;
  form.elements.token.value = here.token;
}
