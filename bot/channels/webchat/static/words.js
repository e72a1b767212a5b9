/* What the page itself says. Everything else is said by the service. */

const WORDS = {
  en: {
    skip: "Skip to the message box",
    clear: "Start over",
    plainForm: "Use a form instead",
    leave: "Leave this page quickly",
    leaveShort: "Leave quickly",
    call: "Call us",
    urgent: "In an emergency, call",
    hello: "Hello. We are glad you are here.",
    about: "Learn what palliative care is, who is on the care team, and how to sign up, for you or someone you love.",
    robot: "This is an automated assistant. You can ask for a person at any time.",
    log: "Chat messages",
    person: "You",
    assistant: "Assistant (automated)",
    coordinator: "Care coordinator",
    system: "Note",
    safety: "Important",
    handoff: "Our team",
    summary: "Summary",
    picked: "Your answer: ",
    label: "Write your message",
    send: "Send",
    newest: "Newest message ↓",
    left: "{n} characters left",
    over: "Your message is too long by {n}. Please make it shorter, or send it in two parts.",
    sending: "Sending…",
    unsent: "Not sent yet. We keep trying.",
    again: "Try again",
    refused: "We could not take this message.",
    edit: "Change it",
    offline: "You are not connected right now. What you write is kept here and sent when you are back. You can also call us.",
    slow: "This takes longer than usual. Your message is saved. You can also call us.",
    lost: "Your last chat has ended, so we opened a new one.",
    kept: "Your last chat has ended, so we opened a new one. What you wrote is still in the box.",
    cleared: "The chat was cleared. This is a new one.",
    fresh: "New message",
    askTitle: "Start over?",
    askText: "This clears the chat from this device. Our team keeps what you already sent.",
    askYes: "Clear and start over",
    askNo: "Keep this chat",
  },
  es: {
    skip: "Ir al cuadro de mensaje",
    clear: "Empezar de nuevo",
    plainForm: "Usar un formulario",
    leave: "Salir rápido de esta página",
    leaveShort: "Salir rápido",
    call: "Llámenos",
    urgent: "En una emergencia, llame al",
    hello: "Hola. Nos alegra que esté aquí.",
    about: "Conozca los cuidados paliativos, al equipo que los da, y cómo inscribirse usted o a un ser querido.",
    robot: "Este es un asistente automático. Puede pedir hablar con una persona en cualquier momento.",
    log: "Mensajes del chat",
    person: "Usted",
    assistant: "Asistente (automático)",
    coordinator: "Coordinación de cuidados",
    system: "Nota",
    safety: "Importante",
    handoff: "Nuestro equipo",
    summary: "Resumen",
    picked: "Su respuesta: ",
    label: "Escriba su mensaje",
    send: "Enviar",
    newest: "Mensaje más nuevo ↓",
    left: "Quedan {n} caracteres",
    over: "Su mensaje es demasiado largo por {n}. Acórtelo, o envíelo en dos partes.",
    sending: "Enviando…",
    unsent: "Aún no se envía. Seguimos intentando.",
    again: "Intentar otra vez",
    refused: "No pudimos recibir este mensaje.",
    edit: "Cambiarlo",
    offline: "Ahora no hay conexión. Lo que escriba se guarda aquí y se envía cuando vuelva. También puede llamarnos.",
    slow: "Esto tarda más de lo normal. Su mensaje está guardado. También puede llamarnos.",
    lost: "Su chat anterior terminó, así que abrimos uno nuevo.",
    kept: "Su chat anterior terminó, así que abrimos uno nuevo. Lo que escribió sigue en el cuadro.",
    cleared: "El chat se borró. Este es uno nuevo.",
    fresh: "Mensaje nuevo",
    askTitle: "¿Empezar de nuevo?",
    askText: "Esto borra el chat de este aparato. Nuestro equipo guarda lo que usted ya envió.",
    askYes: "Borrar y empezar de nuevo",
    askNo: "Seguir con este chat",
  },
};

let locale = "en";

/** The language of the page: "en" or "es". */
export function currentLocale() {
  return locale;
}

/** The sentence `key` in the language of the page; `{n}` is filled with `n`. */
export function say(key, n) {
  return WORDS[locale][key].replace("{n}", n);
}

/** The time of a message, with its day when that is not today. */
export function when(date) {
  const time = date.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
  if (date.toDateString() === new Date().toDateString()) return time;
  return date.toLocaleDateString(locale, { month: "long", day: "numeric" }) + ", " + time;
}

/** Puts every marked element under `root` into the language of the page. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = say(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", say(node.dataset.tLabel));
  }
  for (const node of root.querySelectorAll("time")) node.textContent = when(new Date(node.dateTime));
}

/** Switches the page to `next`; a language we do not have leaves it as it is. */
export function setLocale(next) {
  if (!WORDS[next]) return;
  locale = next;
  document.documentElement.lang = next;
  const button = document.getElementById("lang");
  button.lang = next === "en" ? "es" : "en";
  button.textContent = next === "en" ? "Español" : "English";
  translate(document);
}
