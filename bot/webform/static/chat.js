/* From the form into the chat: the same conversation, kept where the chat looks for it. */

import { keeps, read, write } from "/static/webchat/store.js";

const { conversation, token } = document.getElementById("session").dataset;
const here = read("conversation");

if (!here || here.conversation_id !== conversation) write("conversation", { conversation_id: conversation, token, last: 0 });
write("locale", document.documentElement.lang);
// A browser that keeps nothing would open another conversation: there, this page says what to do.
if (keeps("conversation")) location.replace("/");
