/* How messages look. Text is only ever put in as text. */
import { say, when } from "./words.js";

const PHONE = "(?:\\+?1[-. ]?)?(?:\\(\\d{3}\\) ?|\\d{3}[-. ])\\d{3}[-. ]\\d{4}";
const LINKS = new RegExp("https://[^\\s<>\"']*[^\\s<>\"'.,;:!?)]|" + PHONE + "|\\b(?:911|988)\\b", "g");
const SCHEMES = ["https:", "http:", "tel:", "sms:", "mailto:"];
const GAP = 600000; // ms between messages after which the time is shown again

/** An element with a class and a text; `key` instead of text makes it follow the language of the page. */
export function make(tag, name, text, key) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (key) node.dataset.t = key;
  if (key || text) node.textContent = key ? say(key) : text;
  return node;
}

function telephone(shown) {
  const digits = shown.replace(/\D/g, "");
  if (digits.length === 10) return "tel:+1" + digits;
  return (digits.length === 11 ? "tel:+" : "tel:") + digits;
}

function anchor(text, url, name) {
  const node = make("a", name, text);
  node.href = url;
  if (/^https?:$/.test(node.protocol)) {
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  return node;
}

/** Appends `text` to `node`; phone numbers and https addresses in it become links. */
export function putText(node, text) {
  let from = 0;
  for (let hit; (hit = LINKS.exec(text)); ) {
    const before = text[hit.index - 1] || "";
    const after = text[LINKS.lastIndex] || "";
    if (/[\d\w-]/.test(before) || /\d/.test(after)) continue; // part of a longer number or word
    node.append(text.slice(from, hit.index));
    node.append(anchor(hit[0], hit[0].startsWith("https") ? hit[0] : telephone(hit[0])));
    from = LINKS.lastIndex;
  }
  node.append(text.slice(from));
}

function linkList(links) {
  const list = make("p", "links");
  for (const { title, url } of links) {
    const link = anchor(title, url);
    if (SCHEMES.includes(link.protocol)) list.append(link);
  }
  return list;
}

function choiceList(choices, onChoice) {
  const list = make("div", "choices");
  for (const choice of choices) {
    const button = make("button", "", choice.title);
    button.type = "button";
    button.dataset.value = choice.value;
    // aria-disabled, not disabled: a button that was just pressed must keep the focus.
    button.onclick = () => button.getAttribute("aria-disabled") || onChoice(choice);
    list.append(button);
  }
  return list;
}

function bubble(author, kind, text, locale) {
  const node = make("article", "msg " + author + " " + kind);
  const name = make("p", "who");
  name.append(make("span", "", "", author));
  if (kind !== "text") name.append(" · ", make("strong", "", "", kind));
  const body = make("div", "body");
  if (locale) body.lang = locale;
  node.append(name, body);
  if (author === "person") body.append(text);
  else putText(body, text);
  // People know what they wrote: only the answers are read out.
  if (author === "person") node.setAttribute("aria-live", "off");
  return node;
}

const known = (value, values) => (values.includes(value) ? value : values[0]);

/** A message of the conversation. `shown` is what to show when a choice's title stands for its value. */
export function messageNode(message, shown, onChoice) {
  const author = known(message.author, ["system", "person", "assistant", "coordinator"]);
  const kind = known(message.kind, ["text", "safety", "handoff", "summary"]);
  const node = bubble(author, kind, shown, message.locale);
  node.dataset.seq = message.seq;
  const body = node.lastChild;
  if (message.links && message.links.length) body.append(linkList(message.links));
  if (message.choices && message.choices.length) {
    const list = choiceList(message.choices, onChoice);
    list.lang = message.locale || "";
    node.append(list);
  }
  return node;
}

/** Closes the choices under `node`; `answer` is the text the person sent. */
export function closeChoices(node, answer) {
  const list = node.querySelector(".choices");
  if (!list || list.classList.contains("old")) return;
  list.classList.add("old");
  for (const button of list.children) {
    button.setAttribute("aria-disabled", "true");
    button.tabIndex = -1;
    if (button.dataset.value !== answer && button.textContent !== answer) continue;
    button.classList.add("picked");
    button.prepend(make("span", "hide", "", "picked"));
  }
}

/** A message that is not accepted yet. `actions`: {again, edit}. */
export function pendingNode(item, actions) {
  const node = bubble("person", "text", item.title || item.text);
  const state = item.refused ? "refused" : item.failed ? "unsent" : "sending";
  const line = make("p", "state " + state);
  line.append(make("span", "", "", state));
  if (state !== "sending") {
    const action = state === "refused" ? "edit" : "again";
    const button = make("button", "", "", action);
    button.type = "button";
    button.onclick = () => actions[action](item);
    line.append(" ", button);
  }
  node.append(line);
  return node;
}

/** A line with the time, when some time has passed since `earlier` (ISO 8601; null: no message before, so since now). */
export function timeLine(created, earlier) {
  const apart = earlier ? new Date(created) - new Date(earlier) : Date.now() - new Date(created);
  if (!(apart >= GAP)) return null;
  const line = make("p", "when");
  const time = make("time", "", when(new Date(created)));
  time.dateTime = created;
  line.setAttribute("aria-live", "off");
  line.append(time);
  return line;
}
