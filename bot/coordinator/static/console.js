// The console's live parts: the board looks again when told, a conversation appends what comes. Works without it, by reloading.

const board = document.getElementById("board");
if (board) {
  const events = new EventSource(board.dataset.events);
  const refresh = async () => {
    const answer = await fetch(board.dataset.refresh);
    if (answer.redirected) return location.reload(); // signed out meanwhile
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("board");
    if (fresh && fresh.innerHTML !== board.innerHTML) {
      const focused = document.activeElement?.getAttribute("href");
      board.replaceChildren(...fresh.childNodes);
      if (focused) board.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    }
  };
  events.addEventListener("board", refresh);
  setInterval(refresh, 60000); // waiting times grow even when nothing happens
}

const log = document.getElementById("log");
if (log) {
  log.scrollTop = log.scrollHeight;
  const record = document.getElementById("record");
  let due = null;
  const refreshRecord = () => {
    clearTimeout(due);
    due = setTimeout(async () => {
      const answer = await fetch(log.dataset.record);
      if (answer.ok && !answer.redirected && !record.contains(document.activeElement)) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        record.replaceChildren(...page.body.childNodes);
      }
    }, 400);
  };
  const append = (message) => {
    if (log.querySelector(`[data-seq="${message.seq}"]`)) return;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    const line = document.createElement("li");
    line.className = `${message.author} ${message.kind}`;
    line.dataset.seq = message.seq;
    const author = document.createElement("span");
    author.className = "author";
    author.textContent = message.author;
    const text = document.createElement("p");
    text.textContent = message.text;
    line.append(author, text);
    if (message.choices.length) {
      const choices = document.createElement("p");
      choices.className = "choices";
      choices.append(...message.choices.map((choice) => Object.assign(document.createElement("span"), { textContent: choice.title })));
      line.append(choices);
    }
    log.append(line);
    if (atEnd) log.scrollTop = log.scrollHeight;
  };
  const events = new EventSource(log.dataset.events);
  events.addEventListener("message", (event) => { append(JSON.parse(event.data)); refreshRecord(); });
}

const reply = document.getElementById("reply");
if (reply) {
  const text = reply.elements.text;
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) reply.requestSubmit();
  });
  reply.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(reply));
    const answer = await fetch(reply.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.ok) { text.value = ""; text.focus(); } else { location.reload(); }
  });
}
