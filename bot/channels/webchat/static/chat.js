/* The conversation on this page: opening it, sending in order, following it, and what the person can press. */
import { Lost, Refused, canStream, follow, list, open, send } from "./api.js";
import { forget, outbox, read, write } from "./store.js";
import { closeChoices, messageNode, pendingNode, timeLine } from "./view.js";
import { currentLocale, say, setLocale } from "./words.js";

const LIMIT = 2000; // characters, as the API counts them: code points
const WARN = 200; // characters left when the counter appears
const STEPS = [1000, 2000, 4000, 8000, 15000, 30000]; // ms between tries
const LONGEST = 120000; // ms; the longest Retry-After we sit out before asking again
const POLL = 3000; // ms between looks where streaming does not work
const LOOK = 6000; // ms without an answer after which we look past the stream
const SLOW = 20000; // ms without an answer after which we say so
const TURN = 30000; // ms after a message in which answers belong to it
const TWICE = 1000; // ms between two presses of Esc that mean: away from here
const NEAR = 60; // px from the end that count as "at the end"

const $ = (id) => document.getElementById(id);
const [app, scroller, log, text] = [$("app"), $("scroller"), $("log"), $("text")];
const title = document.title;

let conversation = read("conversation"); // {conversation_id, token, last: highest seq shown} or null
let era = 0; // grows when a conversation is left behind, so late answers to it are dropped
let cursor = 0; // highest seq the feed has delivered
let shown = []; // {message, node}, in the order of seq
let stop = new AbortController(); // ends the running stream; aborted on purpose or after silence
let deaf = 0; // times in a row that streaming brought nothing
let spoken = null; // the language the assistant last used
let askedAt = 0; // when the person last sent something
let following = true; // new messages may move the view
let moved = -1; // the last scroll position that we set ourselves
let notice = null; // the key of the sentence in the status line
let timers = [];
let escaped = -TWICE; // when Esc was last pressed
const sleepers = new Set();

/* Waiting */

function rest(ms, firm) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      sleepers.delete(done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    done.firm = firm;
    sleepers.add(done);
  });
}

/** Ends the waits; those that the service asked for only when `all`. */
function wake(all) {
  for (const done of [...sleepers]) if (all || !done.firm) done();
}

function backoff(error, tries) {
  if (error.wait) return rest(Math.min(error.wait, LONGEST), true);
  return rest(STEPS[Math.min(tries, STEPS.length - 1)] * (0.75 + Math.random() / 2));
}

/* Telling */

function tell(key, n) {
  notice = key;
  const line = $("status");
  line.textContent = key ? say(key, n) : "";
  line.classList.toggle("hide", key === "over"); // the counter shows it; here it is read out
  if (key) line.dataset.t = key;
  else delete line.dataset.t;
}

function untell(...keys) {
  if (keys.includes(notice)) tell(null);
}

/* Scrolling */

const fromEnd = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;

/** Before the person said something, nothing is new, and the button would only cover the welcome. */
function showNewest() {
  $("newest").hidden = fromEnd() < NEAR || !lastOf(isPerson);
}

function scrollTo(top) {
  scroller.scrollTop = top;
  moved = scroller.scrollTop;
  showNewest();
}

const toEnd = () => scrollTo(scroller.scrollHeight);

/** Shows what is new from its beginning: never past the top of `first`. */
function settle(first) {
  if (!following || !first) {
    showNewest();
    return;
  }
  const top = first.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  scrollTo(Math.min(scroller.scrollHeight, top - $("head").offsetHeight - 8));
}

function onScroll() {
  showNewest();
  if (Math.abs(scroller.scrollTop - moved) > 2) following = fromEnd() < NEAR;
}

/* Showing messages */

const lastOf = (test) => [...shown].reverse().find(({ message }) => test(message));
const isPerson = (message) => message.author === "person";

/** The words of a choice, when `message` is the answer to choices shown before it. */
function wordsOf(message) {
  if (!isPerson(message)) return message.text;
  for (const { message: earlier } of [...shown].reverse()) {
    if (earlier.seq >= message.seq) continue;
    if (isPerson(earlier)) break;
    const choice = (earlier.choices || []).find(({ value }) => value === message.text);
    if (choice) return choice.title;
  }
  return message.text;
}

function place(message, words) {
  let at = shown.length;
  while (at > 0 && shown[at - 1].message.seq > message.seq) at -= 1;
  const node = messageNode(message, words || wordsOf(message), choose);
  const next = shown[at] ? shown[at].node : null;
  const line = next ? null : timeLine(message.created_at, at ? shown[at - 1].message.created_at : null);
  if (line) log.append(line);
  log.insertBefore(node, next);
  shown.splice(at, 0, { message, node });
  return node;
}

const nextOut = () => outbox.all().find(({ refused }) => !refused);

/** Whether the feed has shown `item` already: it may be quicker than the answer to sending. */
function echoed(item) {
  const next = nextOut();
  const same = ({ message }) => isPerson(message) && message.seq > item.after && message.text === item.text;
  return Boolean(next) && next.id === item.id && shown.some(same);
}

/** Closes the choices that were answered, by a message or by one still on its way. */
function closeAnswered() {
  const next = nextOut();
  let answer = null;
  for (const { message, node } of [...shown].reverse()) {
    if (isPerson(message)) answer = message.text;
    else if (answer !== null) closeChoices(node, answer);
    else if (next && message.seq <= next.after) closeChoices(node, next.text);
  }
}

function followLanguage(message) {
  if (message.author !== "assistant" || !message.locale || message.locale === spoken) return;
  if (spoken) changeLocale(message.locale);
  spoken = message.locale;
}

/** Where reading starts: at help in danger, at the welcome, at what was just asked, or at the first new message. */
function beginning(nodes) {
  const help = nodes.find((node) => node.classList.contains("safety"));
  if (help) return help;
  if (shown.length === nodes.length && !conversation.last) return app.querySelector(".intro");
  const asked = lastOf(isPerson);
  return asked && Date.now() - askedAt < TURN ? asked.node : nodes[0];
}

/** Takes messages in; each is shown once, in order. `words` is shown in place of a choice's value. */
function receive(messages, words) {
  const seen = new Set(shown.map(({ message }) => message.seq));
  const fresh = messages.filter(({ seq }) => !seen.has(seq)).sort((a, b) => a.seq - b.seq);
  if (!fresh.length) return;
  const nodes = fresh.map((message) => place(message, words));
  fresh.forEach(followLanguage);
  const ids = fresh.map(({ id }) => id);
  const sent = outbox.all().filter(({ id }) => ids.includes(id));
  sent.forEach(({ id }) => outbox.remove(id));
  if (fresh.some(isPerson)) showPending();
  closeAnswered();
  if (fresh.some((message) => !isPerson(message))) answered();
  settle(beginning(nodes));
  if (document.hidden) document.title = "● " + say("fresh") + " – " + title;
}

const idOf = (kept) => kept && kept.conversation_id;

/** Takes messages of the feed in, and remembers how far it came. */
function deliver(messages) {
  receive(messages);
  cursor = messages.reduce((highest, { seq }) => Math.max(highest, seq), cursor);
  if (!conversation || conversation.last === cursor) return;
  conversation.last = cursor;
  if (idOf(read("conversation")) === idOf(conversation)) write("conversation", conversation); // another tab may have left
}

/* Waiting for an answer */

function answered() {
  timers.forEach(clearTimeout);
  $("typing").hidden = true;
  untell("slow");
}

function withPerson() {
  const last = lastOf((message) => !isPerson(message));
  return Boolean(last) && (last.message.author === "coordinator" || last.message.kind === "handoff");
}

function expectAnswer(seq) {
  answered();
  if (shown.some(({ message }) => message.seq > seq && !isPerson(message))) return;
  const human = withPerson();
  timers = [
    setTimeout(showTyping, human ? LOOK : 300),
    setTimeout(look, LOOK),
    setTimeout(() => {
      answered();
      if (!human) tell("slow");
      look();
    }, SLOW),
  ];
  if (human) clearTimeout(timers[0]); // a coordinator may be busy: dots would promise too much
}

function showTyping() {
  $("typing").hidden = false;
  if (following) toEnd();
}

/** Looks for messages past the stream: some networks hold streams back. */
async function look() {
  const now = era;
  if (!conversation) return;
  try {
    const messages = await list(conversation, cursor);
    if (now !== era || !messages.length) return;
    deaf += 1;
    deliver(messages);
  } catch (error) {
    // Any other trouble is met, and told, by the loop that follows the conversation.
    if (now === era && error instanceof Lost) lose();
  }
}

/* Sending */

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** `value` without what no one types and JSON cannot carry: NUL and half surrogate pairs. */
const clean = (value) => [...value].filter((c) => c !== "\0" && !/^[\ud800-\udfff]$/.test(c)).join("").trim();

function showPending() {
  const box = $("pending");
  const held = box.contains(document.activeElement);
  box.textContent = "";
  for (const item of outbox.all()) if (!echoed(item)) box.append(pendingNode(item, { again, edit }));
  if (held) (box.querySelector("button") || log).focus({ preventScroll: true });
}

function enqueue(item) {
  const last = shown[shown.length - 1];
  // `after`: what the person had seen; later choices are not answered by this.
  outbox.add({ id: uuid(), after: last ? last.message.seq : 0, ...item });
  untell("lost", "kept", "cleared", "over", "slow");
  showPending();
  closeAnswered();
  following = true;
  askedAt = Date.now();
  toEnd();
  wake();
  pump();
}

function choose(choice) {
  enqueue({ text: choice.value, title: choice.title });
}

function again(item) {
  outbox.change(item.id, { failed: false });
  showPending();
  wake(true);
  pump();
}

function edit(item) {
  outbox.remove(item.id);
  showPending();
  putBack(item.text);
  text.focus();
}

function putBack(words) {
  text.value = text.value ? words + "\n" + text.value : words;
  onInput();
}

function accepted(item, seq) {
  outbox.remove(item.id);
  for (const { id, after } of outbox.all()) outbox.change(id, { after: Math.max(after, seq) });
  untell("unsent");
  const message = {
    seq, id: item.id, author: "person", kind: "text", text: item.text,
    locale: currentLocale(), created_at: new Date().toISOString(),
  };
  receive([message], item.title);
  expectAnswer(seq);
}

function notYet(item) {
  outbox.change(item.id, { failed: true });
  if (!notice) tell("unsent");
}

/** Deals with what cannot be mended by waiting. @returns the error when waiting helps, else null. */
function settleTrouble(item, error) {
  if (error instanceof Lost) lose();
  else if (error instanceof Refused) outbox.change(item.id, { refused: true });
  else return error;
  return null;
}

let pumping = false;

/** Sends the outbox, one message at a time, each until the service has it. */
async function pump() {
  if (pumping) return;
  pumping = true;
  let tries = 0;
  for (;;) {
    const item = nextOut();
    if (!item || !conversation) break;
    const now = era;
    let wait = null;
    try {
      const seq = await send(conversation, item);
      if (now === era) accepted(item, seq);
      tries = 0;
    } catch (error) {
      if (now === era) wait = settleTrouble(item, error);
    }
    if (wait && !echoed(item)) notYet(item);
    showPending();
    if (wait) await backoff(wait, tries++);
  }
  pumping = false;
}

/* Following */

/** The plain form's cookie goes too: the next person at this device must not find the answers there. */
function forgetForm() {
  fetch("/form/leave", { method: "POST", keepalive: true }).catch(() => {});
}

function leaveBehind() {
  forgetForm();
  era += 1;
  conversation = null;
  write("conversation", null);
  cursor = 0;
  shown = [];
  spoken = null;
  following = true;
  answered();
  log.textContent = "";
  showPending();
  stop.abort();
  wake();
}

/** The service does not know our conversation: a new one opens, and what was typed goes back into the box. */
function lose() {
  const typed = outbox.all().filter((item) => !item.title && !echoed(item)).map((item) => item.text);
  outbox.clear();
  leaveBehind();
  if (typed.length) putBack(typed.join("\n"));
  tell(text.value ? "kept" : "lost");
}

function alive() {
  $("opening").hidden = true;
  untell("offline");
}

async function begin() {
  const now = era;
  const opened = await open(currentLocale());
  if (now !== era) return;
  const { conversation_id, token, messages } = opened;
  conversation = { conversation_id, token, last: 0 };
  write("conversation", conversation);
  log.setAttribute("aria-live", "polite");
  alive();
  deliver(messages || []);
  pump();
}

/** Shows what was said before this page was loaded; only what is new since then is read out. */
async function resume() {
  const now = era;
  const last = conversation.last || 0;
  const messages = await list(conversation, 0);
  // A long conversation comes in pages.
  for (let page = messages; page.length && page[page.length - 1].seq < last && now === era; messages.push(...page)) {
    page = await list(conversation, page[page.length - 1].seq);
  }
  if (now !== era) return;
  alive();
  deliver(messages.filter(({ seq }) => seq <= last));
  await rest(100, true);
  if (now !== era) return;
  log.setAttribute("aria-live", "polite");
  deliver(messages.filter(({ seq }) => seq > last));
  toEnd();
  pump();
}

async function listen() {
  const now = era;
  const mine = (messages) => now === era && deliver(messages);
  if (!canStream || deaf > 2) {
    mine(await list(conversation, cursor));
    alive();
    return rest(document.hidden ? POLL * 5 : POLL);
  }
  stop = new AbortController();
  try {
    await follow(conversation, cursor, stop, (message) => {
      if (typeof message.seq !== "number") return;
      deaf = 0;
      mine([message]);
    }, alive);
  } catch (error) {
    if (error instanceof Lost || stop.signal.aborted) throw error;
    mine(await list(conversation, cursor)); // when this works, it is the stream that does not
    alive();
    deaf += 1;
  }
  return rest(STEPS[0]);
}

/** Keeps the page in a conversation for as long as it is open. */
async function live() {
  let tries = 0;
  for (;;) {
    const now = era;
    try {
      if (!conversation) await begin();
      else if (!shown.length) await resume();
      if (conversation) await listen();
      tries = 0;
    } catch (error) {
      if (now !== era || stop.signal.aborted) continue;
      if (error instanceof Lost && conversation) {
        lose();
        continue;
      }
      const [item] = outbox.all();
      if (item && !conversation) {
        notYet(item);
        showPending();
      }
      if (tries > 0 || !navigator.onLine) tell("offline");
      await backoff(error, tries++);
    }
  }
}

/* What the person does */

function onInput() {
  text.style.height = "auto";
  text.style.height = Math.min(text.scrollHeight + 4, innerHeight * 0.3) + "px";
  write("draft", text.value || null, "sessionStorage");
  const left = LIMIT - [...text.value.trim()].length;
  const count = $("count");
  count.hidden = left > WARN;
  count.textContent = count.hidden ? "" : left < 0 ? say("over", -left) : say("left", left);
  count.classList.toggle("bad", left < 0);
  text.setAttribute("aria-invalid", String(left < 0));
  if (left >= 0) untell("over");
  return left;
}

function onSubmit(event) {
  event.preventDefault();
  const words = clean(text.value);
  const left = onInput();
  if (left < 0) tell("over", -left);
  else if (words) {
    text.value = "";
    onInput();
    enqueue({ text: words });
  }
}

function onKey(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  onSubmit(event);
}

/** Esc twice leaves at once, from anywhere. Typing with nothing in focus means: into the message box. */
function onAnyKey(event) {
  if (event.key === "Escape") {
    if (event.timeStamp - escaped < TWICE) leaveQuickly();
    escaped = event.timeStamp;
    return;
  }
  escaped = -TWICE;
  const plain = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && document.activeElement === document.body) text.focus();
}

function changeLocale(next) {
  setLocale(next);
  write("locale", currentLocale());
  onInput();
}

/** Before anything was said, a new greeting; later, the wish is said in the conversation. */
function onLanguage() {
  const name = $("lang").textContent;
  changeLocale(currentLocale() === "en" ? "es" : "en");
  if (lastOf(isPerson) || outbox.all().length) enqueue({ text: name });
  else leaveBehind();
}

function onLeave(event) {
  event.preventDefault();
  leaveQuickly();
}

/** Nothing stays in this tab or on this device, and "back" does not come back here. */
function leaveQuickly() {
  const to = $("leave") ? $("leave").href : "about:blank";
  era += 1;
  conversation = null;
  text.value = "";
  forget();
  forgetForm();
  stop.abort();
  document.body.textContent = "";
  document.title = "Weather";
  location.replace(to);
}

function ask(shownNow) {
  $("ask").hidden = !shownNow;
  app.inert = shownNow;
  (shownNow ? $("ask-no") : $("clear")).focus();
}

function onAskKey(event) {
  if (event.key === "Escape") ask(false);
  if (event.key !== "Tab") return;
  event.preventDefault();
  (document.activeElement === $("ask-no") ? $("ask-yes") : $("ask-no")).focus();
}

function startOver() {
  ask(false);
  text.value = "";
  onInput();
  outbox.clear();
  leaveBehind();
  tell("cleared");
}

/* The window around it */

/** Keeps the box above an on-screen keyboard; leaves pinch zoom alone. */
function fit() {
  const near = fromEnd() < NEAR;
  const view = window.visualViewport;
  const whole = !view || view.scale > 1.01;
  app.style.height = whole ? "" : view.height + "px";
  app.style.top = whole ? "" : view.offsetTop + "px";
  app.style.setProperty("--head", $("head").offsetHeight + "px");
  if (near && shown.length > 1) toEnd();
}

function onVisible() {
  if (document.hidden) return;
  document.title = title;
  wake();
  pump();
  look();
}

function onStorage(event) {
  if (event.key === "pes.chat.outbox") showPending();
  if (event.key !== "pes.chat.conversation") return;
  // Another tab started over or left; give it the moment it needs to open its new conversation.
  setTimeout(() => idOf(read("conversation")) !== idOf(conversation) && location.reload(), 700);
}

function wire() {
  $("form").onsubmit = onSubmit;
  text.oninput = onInput;
  text.onkeydown = onKey;
  $("send").onmousedown = (event) => event.preventDefault(); // or a phone closes its keyboard at each "Send"
  $("newest").onclick = () => {
    following = true;
    toEnd();
    log.focus({ preventScroll: true });
  };
  $("lang").onclick = onLanguage;
  $("leave").onclick = onLeave;
  $("clear").onclick = () => ask(true);
  $("ask-no").onclick = () => ask(false);
  $("ask-yes").onclick = startOver;
  $("ask").onkeydown = onAskKey;
  scroller.onscroll = onScroll;
  document.onkeydown = onAnyKey;
  document.onvisibilitychange = onVisible;
  window.ononline = onVisible;
  window.onoffline = () => tell("offline");
  window.onpageshow = (event) => event.persisted && stop.abort();
  window.onstorage = onStorage;
  window.onresize = fit;
  if (!window.visualViewport) return;
  visualViewport.onresize = fit;
  visualViewport.onscroll = fit;
}

function start() {
  const first = (navigator.language || "").startsWith("es") ? "es" : document.documentElement.lang;
  setLocale(read("locale") || first);
  for (const id of ["lang", "clear", "form"]) $(id).hidden = false;
  wire();
  text.value = read("draft", "sessionStorage") || "";
  onInput();
  fit();
  showPending();
  // Someone new is reading; only someone who comes back at a desk is put into the box.
  const desk = matchMedia("(hover: hover) and (pointer: fine)").matches;
  if (conversation && desk && document.activeElement === document.body) text.focus({ preventScroll: true });
  live();
}

start();
