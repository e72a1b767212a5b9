/* What the browser keeps: the way back into the conversation, and what is not sent yet. Never what was said. */

const PREFIX = "pes.chat.";
const memory = {};

/** The value kept under `key`, or null. */
export function read(key, area = "localStorage") {
  try {
    const kept = window[area].getItem(PREFIX + key);
    if (kept !== null) return JSON.parse(kept);
  } catch { /* Private windows may refuse storage, others may have written here: memory still serves this page. */ }
  return key in memory ? memory[key] : null;
}

/** Keeps `value` under `key`; null forgets it. */
export function write(key, value, area = "localStorage") {
  delete memory[key];
  try {
    if (value === null) window[area].removeItem(PREFIX + key);
    else window[area].setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    if (value !== null) memory[key] = value;
  }
}

/** Whether the device itself keeps `key`: another page will find it. */
export function keeps(key) {
  try {
    return localStorage.getItem(PREFIX + key) !== null;
  } catch {
    return false;
  }
}

/** Forgets everything, in this tab and on this device. */
export function forget() {
  for (const key of ["conversation", "outbox", "locale"]) write(key, null);
  write("draft", null, "sessionStorage");
}

/* The outbox is read afresh before every change, because two tabs may share it. */

export const outbox = {
  all: () => read("outbox") || [],
  add: (item) => write("outbox", outbox.all().concat(item)),
  remove: (id) => write("outbox", outbox.all().filter((item) => item.id !== id)),
  change: (id, change) => write("outbox", outbox.all().map((item) => (item.id === id ? { ...item, ...change } : item))),
  clear: () => write("outbox", null),
};
