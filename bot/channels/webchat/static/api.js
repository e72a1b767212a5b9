/* The web chat API, as the browser sees it. */

const BASE = "/api/v1/conversations";
const TIMEOUT = 20000; // ms; a phone that lost its network may never hear "no"
const SILENCE = 60000; // ms without a byte after which a stream counts as dead

/** The conversation is not known (any more), or is not ours. */
export class Lost extends Error {}
/** The service will never take this message as it is. */
export class Refused extends Error {}
/** Not now. `wait` is how long the service asks us to wait in ms, or null. */
export class Later extends Error {
  constructor(wait = null) {
    super("later");
    this.wait = wait;
  }
}

/** Retry-After as ms: seconds or a date (RFC 9110); null when absent or unreadable. */
export function retryAfter(value) {
  if (!value) return null;
  const ms = /^\d+$/.test(value) ? value * 1000 : Date.parse(value) - Date.now();
  return ms >= 0 ? ms : null;
}

function check(response) {
  if (response.ok) return response;
  // A gateway's own 404 page must not throw a conversation away: only the service speaks problem+json.
  const ours = (response.headers.get("Content-Type") || "").includes("problem+json");
  if (ours && [401, 403, 404, 410].includes(response.status)) throw new Lost();
  if ([400, 409, 413, 422].includes(response.status)) throw new Refused();
  throw new Later(retryAfter(response.headers.get("Retry-After")));
}

async function request(path, token, options = {}) {
  const headers = { ...options.headers };
  if (token) headers.Authorization = "Bearer " + token;
  if (options.body) headers["Content-Type"] = "application/json";
  const init = { ...options, headers, cache: "no-store", redirect: "error" };
  let response;
  try {
    response = await fetch(BASE + path, init);
  } catch {
    throw new Later();
  }
  return check(response);
}

async function json(path, token, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const response = await request(path, token, { ...options, signal: stop.signal });
    return await response.json();
  } catch (error) {
    // A hotel's sign-in page answers 200 with HTML: that is "not now".
    throw error instanceof Lost || error instanceof Refused ? error : new Later(error.wait);
  } finally {
    clearTimeout(timer);
  }
}

/** Opens a conversation. @returns {conversation_id, token, messages} */
export async function open(locale) {
  const body = JSON.stringify({ locale, page: location.pathname });
  const opened = await json("", null, { method: "POST", body });
  if (!opened.conversation_id || !opened.token) throw new Later();
  return opened;
}

/** Sends one message. @returns its seq, once it is durably stored. The same id may be sent again. */
export async function send(conversation, item) {
  const body = JSON.stringify({ id: item.id, text: item.text });
  const path = "/" + conversation.conversation_id + "/messages";
  const { seq } = await json(path, conversation.token, { method: "POST", body });
  if (typeof seq !== "number") throw new Later();
  return seq;
}

/** @returns the messages with a seq above `after`. */
export async function list(conversation, after) {
  const path = "/" + conversation.conversation_id + "/messages?after=" + after;
  const { messages } = await json(path, conversation.token);
  if (!Array.isArray(messages)) throw new Later();
  return messages;
}

/** A parser of server-sent events: give it text as it comes, `onData` gets each event's data. */
export function eventParser(onData) {
  let rest = "";
  let data = [];
  const take = (line) => {
    if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
    if (line !== "" || !data.length) return;
    onData(data.join("\n"));
    data = [];
  };
  return (text) => {
    rest += text;
    let end;
    // A CR at the very end may be half of a CRLF.
    while ((end = /\r\n|\n|\r(?!$)/.exec(rest))) {
      take(rest.slice(0, end.index));
      rest = rest.slice(end.index + end[0].length);
    }
  };
}

/** Whether this browser can read a response as it arrives. */
export const canStream = "ReadableStream" in window && "body" in Response.prototype;

/**
 * Follows the conversation after `after` until the stream ends or `stop` aborts it.
 * EventSource cannot send a Bearer header, so the stream is read by hand.
 */
export async function follow(conversation, after, stop, onMessage, onAlive) {
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), SILENCE);
  };
  alive();
  try {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
    const path = "/" + conversation.conversation_id + "/events?after=" + after;
    const response = await request(path, conversation.token, { headers, signal: stop.signal });
    if (!(response.headers.get("Content-Type") || "").startsWith("text/event-stream")) throw new Later();
    onAlive();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const feed = eventParser((data) => onMessage(JSON.parse(data)));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      onAlive();
      feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
  }
}
