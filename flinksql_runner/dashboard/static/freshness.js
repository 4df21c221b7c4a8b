// How fresh the page is: one word, one sentence, from the connection, the server's status and the clock.

import { age, instant, time } from "./format.js";
import { t } from "./i18n.js";

const QUIET_MS = 30_000;

/** After how many milliseconds without a new row a page is stale. */
export function staleAfter(board) {
  return board.stale_after_ms ?? Math.max(6 * board.refresh_ms, QUIET_MS);
}

/** Keeps what is known; `judge()` says what it means now. Ages are counted on the server's clock. */
export class Freshness {
  constructor(board) {
    this.staleAfter = staleAfter(board);
    this.connection = "connecting";
    this.status = null;
    this.lostAt = null;
    this.refreshed = null;
    this.pausedAt = null;
    this.snapshotAt = null;
    this.skews = [];
  }

  /** The present, as the server's clock has it, in milliseconds. */
  now() {
    return this.snapshotAt ?? Date.now() - (this.skews.length ? Math.min(...this.skews) : 0);
  }

  /** Something with the server's time came in. The smallest difference of the last ones has the least delay in it. */
  heard(at) {
    const ms = instant(at);
    if (ms === null) return;
    this.skews = [...this.skews.slice(-9), Date.now() - ms];
  }

  /** The server's word on database and job. */
  said(status) {
    this.status = status;
    this.heard(status.at);
    if (status.database !== "down") this.refreshed = instant(status.at);
  }

  /** The connection's state; `why` is the server's own word where it refused. */
  connected(state, why = "") {
    this.why = why;
    if (state === "lost" && this.connection !== "lost") this.lostAt = this.refreshed ?? this.now();
    this.connection = state === "open" && this.status === null ? "connecting" : state;
  }

  /** {kind: live | stale | disconnected | paused | connecting | snapshot, say}. */
  judge(utc) {
    const now = this.now();
    const clock = (ms) => time(ms, { utc, now });
    const newest = instant(this.status?.newest ?? null);
    const old = newest === null ? t("never") : age(now - newest);
    if (this.snapshotAt) return { kind: "snapshot", say: t("snapshot_say", { since: time(this.snapshotAt, { utc, date: "always" }) }) };
    if (this.pausedAt) return { kind: "paused", say: t("paused_say", { since: clock(this.pausedAt) }) };
    if (this.connection === "denied") return { kind: "disconnected", say: t("denied") };
    if (this.connection === "refused") return { kind: "disconnected", say: t("refused", { why: this.why }) };
    if (this.connection === "lost") return { kind: "disconnected", say: this.withAge(t("lost_server", { since: clock(this.lostAt) }), now) };
    if (this.connection === "connecting" || this.status === null) return { kind: "connecting", say: t("connecting_say") };
    if (this.status.database === "down") {
      return { kind: "disconnected", say: this.withAge(t("lost_database", { since: clock(instant(this.status.since) ?? now) }), now) };
    }
    const job = this.status.job;
    if (job && job.state !== "running") return { kind: "stale", say: t("stale_job", { job: job.name, state: job.state, newest: old }) };
    if (newest !== null && now - newest > this.staleAfter) return { kind: "stale", say: t("stale_rows", { newest: old }) };
    const refreshed = age(now - (this.refreshed ?? now));
    return { kind: "live", say: newest === null ? t("live_say_plain", { refreshed }) : t("live_say", { newest: old, refreshed }) };
  }

  withAge(say, now) {
    return this.refreshed === null ? say : `${say}, ${t("values_old", { age: age(now - this.refreshed) })}`;
  }
}
