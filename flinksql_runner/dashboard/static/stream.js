// One connection to the server's events. It says whether it is open, tries again for ever, and notices silence, which a
// laptop that slept for an hour or a cable that was pulled never tells.

const SLACK_MS = 6_000;
const HIDDEN_MS = 300_000;
const MOST_MS = 10_000;

/** A stream of named events; `listener` has `event(name, content)` and `state(word, why)`: open, lost, denied, refused. */
export class Stream {
  constructor(listener, names) {
    this.listener = listener;
    this.names = names;
    this.source = null;
    this.address = null;
    this.silence = 15_000;
    this.tries = 0;
    this.timers = {};
    this.onShown = () => this.look();
    document.addEventListener("visibilitychange", this.onShown);
    window.addEventListener("online", this.onShown);
    window.addEventListener("pageshow", this.onShown);
  }

  /** Opens, or opens anew for another address. `every` is how often something has to come, in milliseconds. */
  open(address, every) {
    this.close();
    this.address = address;
    this.silence = every * 2 + SLACK_MS;
    this.connect();
    this.timers.watch = setInterval(() => this.look(), 1_000);
  }

  /** Ends the connection; nothing is said any more. */
  close() {
    this.address = null;
    this.drop();
    clearInterval(this.timers.watch);
    clearTimeout(this.timers.hidden);
    this.timers.hidden = null;
  }

  drop() {
    clearTimeout(this.timers.retry);
    this.source?.close();
    this.source = null;
  }

  connect() {
    this.drop();
    if (!this.address) return;
    this.heard = performance.now();
    const source = new EventSource(this.address);
    this.source = source;
    source.onopen = () => {
      this.heard = performance.now();
      this.listener.state("open");
    };
    source.onerror = () => this.retry(source);
    for (const name of this.names) {
      source.addEventListener(name, (message) => {
        if (this.source !== source) return;
        this.heard = performance.now();
        this.tries = 0;
        this.listener.event(name, JSON.parse(message.data));
      });
    }
  }

  async retry(source) {
    if (this.source !== source) return;
    this.drop();
    this.listener.state("lost");
    await this.ask();
    if (!this.address || this.source) return;
    const wait = Math.min(MOST_MS, 500 * 2 ** this.tries++) * (0.75 + Math.random() / 2);
    this.timers.retry = setTimeout(() => this.connect(), wait);
  }

  /** An EventSource doesn't tell why it was refused; a plain request does. */
  async ask() {
    const answer = await fetch(this.address, { cache: "no-store" }).catch(() => null);
    if (!answer || answer.status < 400) return answer?.body?.cancel();
    if (answer.status === 401 || answer.status === 403) return this.listener.state("denied");
    const told = await answer.json().catch(() => ({}));
    return this.listener.state("refused", told.error ?? `${answer.status} ${answer.statusText}`);
  }

  /** Looks whether it has been silent for too long, and lets go of the server while nobody looks at the page. */
  look() {
    if (!this.address) return;
    if (document.hidden) {
      this.timers.hidden ??= setTimeout(() => this.drop(), HIDDEN_MS);
      return;
    }
    clearTimeout(this.timers.hidden);
    this.timers.hidden = null;
    const silent = performance.now() - this.heard > this.silence;
    if (this.source && silent) this.retry(this.source);
    else if (!this.source && silent && performance.now() - this.heard > this.silence + MOST_MS * 2) this.connect();
  }
}
