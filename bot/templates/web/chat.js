/**
 * The page of the web chat: a person's private chat and the store's group, drawn from the API in docs/web-chat.md.
 * One file although it is long, because nothing builds the page. It reads downwards: waiting and asking, the store's time, the
 * server's markup, what was said here, a chat, the people, the clock.
 */

const PAGE_WAIT = 20; // seconds that the server may hold a poll
const HIDDEN_PAUSE = 3000; // a hidden page asks without waiting: browsers allow six connections to a host, over all tabs
const GLANCE_PAUSE = 4000;
const LONGEST_PAUSE = 6000; // between two tries to reach a server that does not answer
const LONGEST_TEXT = 128 * 1024;
const LARGEST_FILE = 20 * 1024 * 1024;
const NEAR_BOTTOM = 48;
const MOVED = 5000; // less than this and the clock only ran on by itself

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const boot = JSON.parse(find("#boot").textContent);
const words = JSON.parse(find("#words").textContent);
const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const names = new Map([
  ...Object.entries(boot.names ?? {}),
  ...boot.people.map((person) => [person.key, person.name]),
  ["bot", words.bot],
]);

/** What this tab remembers over a reload: the chosen person, drafts, what was seen, what was not sent. */
const memory = {
  get(key, otherwise) {
    try {
      return JSON.parse(sessionStorage.getItem(key)) ?? otherwise;
    } catch {
      return otherwise; // storage is switched off, or holds what another version wrote
    }
  },
  set(key, value) {
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch (error) {
      console.warn("nothing is remembered over a reload", error);
    }
  },
};

function newId() {
  // Not randomUUID: it is missing where the page comes over plain http from another machine.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- waiting and asking

const bell = new EventTarget();
const wake = () => bell.dispatchEvent(new Event("wake"));

/** Resolves after `ms`, and early when the page is woken or `signal` aborts. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      bell.removeEventListener("wake", end);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    bell.addEventListener("wake", end);
    signal?.addEventListener("abort", end);
  });
}

/** The server's no. `final` means that the same request would be refused again. */
class Refused extends Error {
  constructor(status, text) {
    super(text || words.broken);
    this.final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  }
}

/** The answer's JSON ({} if it has none). Throws Refused, or what fetch throws when nobody answers within `seconds`. */
async function ask(path, { seconds = 20, signal, ...options } = {}) {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, seconds * 1000);
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(path, { cache: "no-store", ...options, signal: limit.signal });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refused(response.status, body.error?.text);
    return body;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

const post = (path, body, seconds) =>
  ask(path, { seconds, method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

async function messagesOf(as, chat, after, { wait = 0, signal } = {}) {
  const query = new URLSearchParams({ as, chat, after, ...(wait && { wait }) });
  const { messages } = await ask(`/api/chat/messages?${query}`, { signal, seconds: wait + 15 });
  if (!Array.isArray(messages)) throw new Refused(502);
  return messages;
}

const lanes = new Map();

/** Runs `work` after everything that `as` did before, so that quick messages and presses arrive in their order. */
function inLane(as, work) {
  const turn = (lanes.get(as) ?? Promise.resolve()).then(work);
  lanes.set(as, turn.catch(() => {})); // whoever asked hears of the failure; the lane goes on
  return turn;
}

// ---- the store's time

/** A Date whose UTC fields are the hands of the store's clock. A time without an offset is read in the browser's zone. */
function wall(iso) {
  const at = new Date(iso);
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(iso) ?? [];
  const ahead = sign ? Number(`${sign}1`) * (hours * 60 + Number(minutes)) : -at.getTimezoneOffset();
  return new Date(at.getTime() + ahead * 60_000);
}

const dayOf = (at) =>
  fill(words.day, { weekday: words.weekdays[at.getUTCDay()], month: at.getUTCMonth() + 1, day: at.getUTCDate() });
const hourOf = (at) => `${at.getUTCHours()}:${String(at.getUTCMinutes()).padStart(2, "0")}`;

// ---- the server's markup

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function unescaped(markup) {
  return markup.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi, (whole, ten, hex, name) => {
    if (name) return ENTITIES[name.toLowerCase()];
    const code = ten ? Number(ten) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Text whose hours (`14:00–17:30`) stay on one line. */
function kept(text) {
  const made = document.createDocumentFragment();
  for (const part of text.split(/(\d{1,2}:\d{2}–\d{1,2}:\d{2})/)) {
    if (!/^\d{1,2}:\d{2}–/.test(part)) {
      made.append(part);
      continue;
    }
    const hours = made.appendChild(document.createElement("span"));
    hours.className = "hours";
    hours.textContent = part;
  }
  return made;
}

/** Nodes for bold and line breaks. Nothing is parsed as HTML: whatever else looks like a tag is shown as text. */
function written(markup) {
  const made = document.createDocumentFragment();
  let into = made;
  for (const part of markup.split(/(<\/?b>|<time datetime="[^"]*">|<\/time>|<br ?\/?>\n?)/i)) {
    const moment = /^<time datetime="([^"]*)">$/i.exec(part);
    if (/^<b>$/i.test(part)) into = made.appendChild(document.createElement("b"));
    else if (moment) (into = made.appendChild(document.createElement("time"))).dateTime = moment[1];
    else if (/^<\/(?:b|time)>$/i.test(part)) into = made;
    else if (/^<br ?\/?>\n?$/i.test(part)) into.append(document.createElement("br"));
    else into.append(kept(unescaped(part)));
  }
  return made;
}

function button(label, onclick, data = {}) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", onclick);
  Object.assign(made.dataset, data);
  return made;
}

/** Only this site's own files are linked; another address stays a name. */
function drawFile(link, file) {
  link.hidden = !file;
  if (!file) return;
  const url = new URL(file.url, location.href);
  link.textContent = file.name;
  if (url.origin === location.origin) link.href = url.pathname + url.search;
  else link.removeAttribute("href");
}

// ---- what was said here and is not in the chat yet

// What a reload cut off may have arrived: sending it again under the same id is always right.
const outbox = memory.get("outbox", []).map((entry) => ({ ...entry, state: "failed", error: words.failed }));

function changed(entry) {
  const unsent = outbox.filter((one) => !one.file && one.state !== "sent");
  memory.set("outbox", unsent);
  chatNamed(entry.chat)?.drawOutbox();
}

function say(chat, { text = "", file = null }) {
  const entry = { id: newId(), as: chat.as, chat: chat.key, text, file, after: chat.seq };
  outbox.push(entry);
  chat.stick = true;
  return send(entry);
}

/** Sends an entry, or sends it again under the same id: the server takes an id once. */
async function send(entry) {
  Object.assign(entry, { state: "sending", error: "" });
  changed(entry);
  try {
    await inLane(entry.as, () => (entry.file ? upload(entry) : postText(entry)));
    entry.state = "sent";
  } catch (error) {
    Object.assign(entry, failure(error));
  }
  changed(entry);
}

/** A refusal says why and is over; whatever else went wrong may be tried again. */
function failure(error) {
  return error.final ? { state: "refused", error: error.message } : { state: "failed", error: words.failed };
}

function postText({ as, chat, id, text }) {
  if (new TextEncoder().encode(text).length > LONGEST_TEXT) throw new Refused(413, words.too_long);
  return post("/api/chat/messages", { as, chat, id, text });
}

function upload({ as, chat, id, file }) {
  if (file.size > LARGEST_FILE) throw new Refused(413, words.too_big);
  const body = new FormData();
  Object.entries({ as, chat, id }).forEach(([name, value]) => body.append(name, value));
  body.append("file", file, file.name);
  return ask("/api/chat/files", { method: "POST", body, seconds: 300 });
}

function drop(entry) {
  const at = outbox.indexOf(entry);
  if (at >= 0) outbox.splice(at, 1);
  changed(entry);
}

const shownText = ({ html, text }) => (html ? written(html).textContent : text ?? "");
const bare = (text) => text.normalize("NFKC").replace(/[^\p{L}\p{N}\p{P}\p{S}]/gu, "");

/** One's own message came back from the server: the entry that it was goes, one entry for one message. */
function settle(as, chat, message) {
  const same = (entry) =>
    entry.as === as && entry.chat === chat && entry.after < message.seq &&
    (entry.file ? entry.file.name === message.file?.name : bare(entry.text) === bare(shownText(message)));
  const entry = outbox.find((one) => same(one) && one.state !== "failed") ?? outbox.find(same);
  if (entry) drop(entry);
}

/** Waits until a press was dealt with and its card had time to come again, at most a quarter of a minute or so. */
async function handled({ as, id }) {
  for (const ms of [500, 1000, 2000, 4000, 8000]) {
    await pause(ms);
    const path = `/api/chat/receipts/${id}?${new URLSearchParams({ as })}`;
    const { state } = await ask(path).catch(() => ({})); // whatever fails is asked again
    if (state === "done" || state === "parked") break;
  }
  await pause(1500);
}

// ---- what has been seen

const marks = memory.get("seen", {}); // "wang/private" -> the newest seq that was on the screen

/** A first seq lower than the mark means that the store began anew (a fresh demo), and the mark with it. */
function begin(key, newest) {
  if (newest < (marks[key] ?? 0)) marks[key] = 0;
}

const unseen = (key, newest) => newest > (marks[key] ?? 0);

// ---- a chat

class Chat {
  constructor(column) {
    this.column = column;
    this.key = column.dataset.chat;
    this.log = find(".log", column);
    this.list = find("[data-rows]", column);
    this.pill = find("[data-latest]", column);
    this.field = find("textarea", column);
    this.as = null;
    this.seq = 0;
    this.listenToScrolling();
    this.listenToComposer();
  }

  get name() {
    return `${this.as}/${this.key}`;
  }

  get onScreen() {
    return !document.hidden && this.column.getClientRects().length > 0;
  }

  // -- opening and listening

  /** Shows this chat as `as` sees it, from its first message on, and follows it until another person is chosen. */
  open(as) {
    this.leaving?.abort();
    this.leaving = new AbortController();
    Object.assign(this, { as, seq: 0, newest: 0, loaded: false, stick: true, rows: new Map() });
    this.list.replaceChildren();
    this.pill.hidden = true;
    find("[data-empty]", this.column).hidden = true;
    find("[data-quiet]", this.column).hidden = true;
    find("fieldset", this.column).disabled = false;
    this.write(memory.get(`draft ${this.name}`, ""));
    this.log.setAttribute("aria-busy", "true");
    this.drawOutbox();
    this.listen(this.leaving.signal);
  }

  async listen(signal) {
    for (let failures = 0; !signal.aborted; ) {
      const wait = this.loaded && !failures && !document.hidden ? PAGE_WAIT : 0; // after a failure: at once, are you there?
      const asked = performance.now();
      try {
        const messages = await messagesOf(this.as, this.key, this.seq, { wait, signal });
        if (signal.aborted) return;
        failures = 0;
        this.line("");
        this.take(messages);
        if (messages.length) continue;
      } catch (error) {
        if (signal.aborted) return;
        this.line(error.final ? error.message : words.offline);
        await pause(Math.min(1000 * 2 ** failures++, LONGEST_PAUSE) * (0.8 + 0.4 * Math.random()), signal);
        continue;
      }
      if (document.hidden) await pause(HIDDEN_PAUSE, signal);
      else if (wait && performance.now() - asked < 1000) await pause(1000, signal); // it was not held
    }
  }

  line(text) {
    const line = find("[data-line]", this.column);
    if (line.textContent !== text) line.textContent = text;
  }

  /** A page of messages; the first empty one ends the history. */
  take(messages) {
    for (const message of messages) this.put(message);
    if (!messages.length && !this.loaded) {
      this.loaded = true;
      begin(this.name, this.seq);
      this.log.removeAttribute("aria-busy");
    }
    if (this.loaded) this.tidy();
    this.follow();
  }

  // -- messages

  put(message) {
    this.seq = Math.max(this.seq, message.seq);
    const known = this.rows.get(message.id);
    if (known && known.message.seq >= message.seq) return;
    const row = known ?? this.add(message);
    Object.assign(row, { message, press: null });
    this.draw(row);
  }

  add(message) {
    const element = find("#row").content.firstElementChild.cloneNode(true);
    const row = { element, message };
    const own = message.from === this.as;
    element.dataset.message = message.id;
    element.dataset.from = message.from;
    element.classList.toggle("own", own);
    element.classList.toggle("bot", message.from === "bot");
    element.classList.toggle("fresh", this.loaded && !own);
    this.list.insertBefore(element, this.placeFor(message));
    this.rows.set(message.id, row);
    if (own) settle(this.as, this.key, message);
    else this.arrived(message);
    return row;
  }

  /** New messages go last. One that was edited before this page first saw it goes where it was written. */
  placeFor(message) {
    if (!message.edited) return null;
    let next = null;
    let last = this.list.lastElementChild;
    while (last && isBefore(message, this.messageIn(last))) [next, last] = [last, last.previousElementSibling];
    return next;
  }

  messageIn(element) {
    return this.rows.get(element.dataset.message).message;
  }

  arrived(message) {
    this.newest = message.seq;
    if (this.loaded && !this.stick) this.pill.hidden = false;
  }

  draw(row) {
    const { element, message } = row;
    const author = element.classList.contains("own") ? words.me : names.get(message.from) ?? message.from;
    element.dataset.seq = message.seq;
    find(".who", element).textContent = author;
    find(".said", element).replaceChildren(message.html ? written(message.html) : message.text ?? "");
    const hour = hourOf(wall(message.at));
    find(".foot", element).textContent = message.edited ? `${hour} · ${words.edited}` : hour;
    drawFile(find(".file", element), message.file);
    if (message.edited || message.buttons?.length) element.classList.add("card");
    this.drawButtons(row);
  }

  drawButtons(row) {
    const holder = find(".buttons", row.element);
    const focused = row.element.contains(document.activeElement);
    const lines = (row.message.buttons ?? []).filter((line) => line.length);
    const waiting = row.press?.state === "sending";
    holder.replaceChildren(...lines.map((line) => this.buttonLine(row, line, waiting)));
    holder.hidden = !lines.length;
    this.drawNote(row);
    if (focused) row.element.focus({ preventScroll: true });
  }

  buttonLine(row, line, waiting) {
    const made = document.createElement("div");
    made.className = "button-line";
    for (const { label, action } of line) {
      const one = button(label, () => this.press(row, action), { action });
      one.classList.toggle("yes", words.yes.includes(label));
      one.disabled = waiting;
      if (waiting && row.press.action === action) one.setAttribute("aria-busy", "true");
      made.append(one);
    }
    return made;
  }

  drawNote(row) {
    const note = find(".note", row.element);
    const { state, error, action } = row.press ?? {};
    note.hidden = !error;
    note.replaceChildren(error ?? "");
    if (state === "failed") note.append(button(words.again, () => this.press(row, action), { again: "" }));
  }

  /** A press that nobody answered keeps its id for the next try of the same button. */
  async press(row, action) {
    if (row.press?.state === "sending") return;
    const id = row.press?.action === action && row.press.state === "failed" ? row.press.id : newId();
    const press = { id, as: this.as, chat: this.key, message: row.message.id, action };
    row.press = { ...press, state: "sending" };
    const mine = row.press;
    this.drawButtons(row);
    let after = null;
    try {
      await inLane(this.as, () => post("/api/chat/presses", press));
      await handled(press);
    } catch (error) {
      after = { ...press, ...failure(error) };
    }
    if (row.press !== mine) return; // the card came again meanwhile
    row.press = after;
    this.drawButtons(row);
    this.follow();
  }

  /** Days, names at the first of a run, the last row, and the hints until something was said or is to be answered. */
  tidy() {
    let day = null;
    let from = null;
    for (const element of this.list.children) {
      const message = this.messageIn(element);
      const label = dayOf(wall(message.at));
      const head = find(".day", element);
      head.hidden = label === day;
      head.textContent = head.hidden ? "" : label;
      element.classList.toggle("goes-on", label === day && message.from === from);
      element.toggleAttribute("data-last", element === this.list.lastElementChild);
      [day, from] = [label, message.from];
    }
    const hints = find("[data-hints]", this.column);
    if (hints) hints.hidden = Boolean(find(".own, .card", this.list));
    this.drawQuiet();
  }

  drawQuiet() {
    const silent = !this.list.children.length && !find("[data-outgoing]", this.column);
    find("[data-quiet]", this.column).hidden = !this.loaded || !silent;
  }

  // -- what is on its way

  drawOutbox() {
    const mine = outbox.filter((entry) => entry.as === this.as && entry.chat === this.key);
    const list = find("[data-outbox]", this.column);
    const shown = new Map([...list.children].map((element) => [element.dataset.outgoing, element]));
    list.replaceChildren(...mine.map((entry) => this.outgoing(entry, shown.get(entry.id))));
    this.drawQuiet();
    this.follow();
  }

  outgoing(entry, shown) {
    const element = shown ?? find("#row").content.firstElementChild.cloneNode(true);
    element.classList.add("own");
    element.classList.toggle("fresh", !shown);
    element.dataset.outgoing = entry.id;
    element.dataset.state = entry.state;
    find(".who", element).textContent = words.me;
    find(".said", element).textContent = entry.file ? entry.file.name : entry.text;
    find(".foot", element).textContent = entry.state === "sending" ? words.sending : "";
    const note = find(".note", element);
    note.hidden = !entry.error;
    note.replaceChildren(entry.error, ...this.wayOut(entry));
    return element;
  }

  wayOut(entry) {
    const way = (label, act, data) => button(label, (event) => this.goOut(event, () => act(entry)), data);
    const leave = way(words.drop, drop, { drop: "" });
    if (entry.state === "failed") return [way(words.again, send, { again: "" }), leave];
    if (entry.state !== "refused") return [];
    return entry.file ? [leave] : [way(words.amend, (one) => this.amend(one), { amend: "" }), leave];
  }

  /** The button goes with what it did: whoever pressed it on a keyboard goes on in the field. */
  goOut(event, act) {
    act();
    if (!event.detail) this.field.focus({ preventScroll: true });
  }

  amend(entry) {
    drop(entry);
    this.write(entry.text);
    this.field.focus();
  }

  // -- scrolling

  listenToScrolling() {
    this.log.addEventListener("scroll", () => {
      this.stick = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM;
      this.sawIt();
    });
    new ResizeObserver(() => this.follow()).observe(this.log);
    this.pill.addEventListener("click", () => {
      this.stick = true;
      this.follow();
      this.field.focus({ preventScroll: true });
    });
  }

  /** Stays at the newest message for those who are there, and nowhere else. */
  follow() {
    if (this.stick) this.log.scrollTop = this.log.scrollHeight;
    this.sawIt();
  }

  sawIt() {
    if (!this.as || !this.stick || !this.onScreen) return drawUnread();
    this.pill.hidden = true;
    if (this.loaded && unseen(this.name, this.seq)) {
      marks[this.name] = this.seq;
      memory.set("seen", marks);
    }
    return drawUnread();
  }

  get unread() {
    return Boolean(this.as) && this.loaded && unseen(this.name, this.newest);
  }

  // -- the composer

  listenToComposer() {
    const form = find("form", this.column);
    const files = find("input[type=file]", form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("keydown", (event) => {
      const composing = event.isComposing || event.keyCode === 229; // Enter chooses a word of the input method
      if (event.key !== "Enter" || event.shiftKey || composing) return;
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.drafted());
    this.field.addEventListener("paste", (event) => this.attach(event.clipboardData.files, event));
    find("[data-attach]", form).addEventListener("click", () => files.click());
    files.addEventListener("change", () => {
      this.attach(files.files);
      files.value = "";
    });
    const mention = find("[data-mention]", form);
    mention?.addEventListener("click", () => this.mention(mention.dataset.mention));
    this.column.addEventListener("dragover", (event) => event.preventDefault());
    this.column.addEventListener("drop", (event) => this.attach(event.dataTransfer.files, event));
    for (const hint of all("[data-example]", this.column)) {
      hint.addEventListener("click", () => this.suggest(hint.dataset.example));
    }
  }

  submit() {
    const text = this.field.value.trim();
    if (!text || !this.as) return;
    this.write("");
    say(this, { text });
  }

  attach(files, event) {
    if (!files.length || !this.as) return;
    event?.preventDefault();
    for (const file of [...files]) say(this, { file });
  }

  mention(name) {
    if (!this.field.value.startsWith(name.trim())) this.write(name + this.field.value);
    this.field.focus();
  }

  suggest(text) {
    this.write(text);
    this.field.focus();
  }

  write(text) {
    this.field.value = text;
    this.drafted();
  }

  drafted() {
    memory.set(`draft ${this.name}`, this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.follow();
  }
}

/** Whether `one` was written before `other`: ids of one kind count upwards, else the time decides. */
function isBefore(one, other) {
  const [, kind, number] = /^(.*?)(\d+)$/.exec(one.id) ?? [];
  const [, otherKind, otherNumber] = /^(.*?)(\d+)$/.exec(other.id) ?? [];
  if (number && otherNumber && kind === otherKind) return Number(number) < Number(otherNumber);
  return Date.parse(one.at) < Date.parse(other.at);
}

const chats = all("[data-chat]").map((column) => new Chat(column));
const chatNamed = (key) => chats.find((chat) => chat.key === key);

/** On a phone one chat is shown at a time. */
function showChat(key) {
  for (const chat of chats) chat.column.toggleAttribute("data-away", chat.key !== key);
  for (const one of all("[data-show]")) one.setAttribute("aria-pressed", String(one.dataset.show === key));
  chatNamed(key).follow();
}

for (const one of all("[data-show]")) one.addEventListener("click", () => showChat(one.dataset.show));

// ---- the people

const people = all("[data-person]");
const glances = new Map(people.map((one) => [one.dataset.person, { seq: 0, newest: 0, ids: new Set() }]));
const title = document.title;
let me = null;

function choose(key) {
  if (key === me) return;
  me = key;
  memory.set("person", key);
  for (const one of people.filter((each) => each.getAttribute("role") === "radio")) {
    const chosen = one.dataset.person === key;
    one.setAttribute("aria-checked", String(chosen));
    one.tabIndex = chosen ? 0 : -1;
    if (chosen) one.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  if (!boot.me) history.replaceState(null, "", `#${encodeURIComponent(key)}`);
  for (const chat of chats) chat.open(key);
  wake();
}

const linked = () => boot.people.find(({ key }) => [key, encodeURIComponent(key)].includes(location.hash.slice(1)))?.key;

function firstPerson() {
  const remembered = memory.get("person", null);
  return boot.me ?? linked() ?? boot.people.find(({ key }) => key === remembered)?.key;
}

function steer(event) {
  const at = people.indexOf(event.currentTarget);
  const last = people.length - 1;
  const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = people[(to + people.length) % people.length];
  next.focus();
  choose(next.dataset.person);
}

/** Looks whether somebody else has something new; what fails is looked at in the next round. */
async function glance(key) {
  const seen = glances.get(key);
  const first = seen.seq === 0;
  for (let messages = [null]; messages.length; ) {
    messages = await messagesOf(key, "private", seen.seq).catch(() => []);
    for (const { seq, id, from, edited } of messages) {
      seen.seq = Math.max(seen.seq, seq);
      if (from !== key && !(edited && seen.ids.has(id))) seen.newest = seq;
      seen.ids.add(id);
    }
  }
  if (first && seen.seq) begin(`${key}/private`, seen.seq);
}

async function watchOthers() {
  for (;;) {
    for (const one of people) if (one.dataset.person !== me) await glance(one.dataset.person);
    drawUnread();
    await pause(document.hidden ? GLANCE_PAUSE * 4 : GLANCE_PAUSE);
  }
}

const waits = (key) => (key === me ? chatNamed("private").unread : unseen(`${key}/private`, glances.get(key).newest));

function drawUnread() {
  for (const one of people) find(".dot", one).hidden = !waits(one.dataset.person);
  for (const one of all("[data-show]")) find(".dot", one).hidden = !chatNamed(one.dataset.show).unread;
  const any = chats.some((chat) => chat.unread) || people.some((one) => waits(one.dataset.person));
  document.title = any ? fill(words.unread, { title }) : title;
}

function startPeople() {
  for (const one of people) {
    one.addEventListener("click", () => choose(one.dataset.person));
    one.addEventListener("keydown", steer);
  }
  window.addEventListener("hashchange", () => !boot.me && linked() && choose(linked()));
  const first = firstPerson();
  if (first) choose(first);
  else people[0].tabIndex = 0;
  if (people.length > 1) watchOthers();
}

// ---- the clock of the demo

const clock = find("[data-clock]");
const hands = { at: null, read: 0 };

function setClock({ now }) {
  Object.assign(hands, { at: wall(now).getTime(), read: performance.now() });
  tick();
}

function tick() {
  if (hands.at === null) return;
  const at = new Date(hands.at + performance.now() - hands.read);
  const text = `${dayOf(at)} ${hourOf(at)}`;
  const shown = find("[data-now]", clock);
  if (shown.textContent !== text) shown.textContent = text;
}

async function readClock() {
  for (;;) {
    await ask("/api/clock").then(setClock, () => {}); // the chats' own lines say that nobody answers
    await pause(60_000);
  }
}

async function advance(pressed) {
  const moves = all("[data-advance]", clock);
  notice("");
  clock.setAttribute("aria-busy", "true");
  for (const one of moves) one.disabled = true;
  try {
    const before = hands.at + performance.now() - hands.read;
    setClock(await post("/api/clock", { advance: pressed.dataset.advance }, 75));
    if (hands.at - before < MOVED) notice(words.nothing_due, { calm: true });
  } catch (error) {
    notice(error instanceof Refused ? error.message : words.broken);
  }
  clock.removeAttribute("aria-busy");
  for (const one of moves) one.disabled = false;
  if (document.activeElement === document.body) pressed.focus({ preventScroll: true });
  wake();
}

function notice(text, { calm = false } = {}) {
  const line = find("[data-notice]");
  line.toggleAttribute("data-calm", calm);
  find("span", line).textContent = text;
  line.hidden = !text;
}

function startClock() {
  for (const one of all("[data-advance]", clock)) one.addEventListener("click", () => advance(one));
  const opener = find("[data-clock-open]", clock);
  opener.addEventListener("click", () => {
    opener.setAttribute("aria-expanded", String(clock.toggleAttribute("data-open")));
  });
  setInterval(tick, 1000);
  readClock();
}

find("[data-dismiss]").addEventListener("click", () => notice(""));
window.addEventListener("online", wake);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) wake();
  for (const chat of chats) chat.follow();
});
if (clock) startClock();
startPeople();
