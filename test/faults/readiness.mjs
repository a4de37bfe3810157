import { setTimeout as sleep } from 'node:timers/promises';
import { Http } from './http.mjs';

const EVERY_MS = 150;
/** True where a broken connection shows at once; false where the previous answer may still be under way. */
const GRACE_MS = 1500;
/** Liveness asks nothing of the database; a busy machine is given this long. */
const LIVE_MS = 10_000;

/** Asks `/health/ready` and `/health/live` of every replica all the time, and compares the answers with the truth. */
export class Readiness {
  #http = new Http(false);
  #running;
  #stopped = false;
  #probes = [];
  #spans = [];
  #late = [];

  /** @param products the replicas; those that do not run are not asked */
  constructor(products) {
    this.#running = Promise.all(products.map((product) => this.#ask(product)));
  }

  /**
   * The state while `work` runs: `down` (the database cannot be asked), `read_only`, or `unclear`, where either answer is
   * right, as while it changes.
   */
  async during(truth, work, graceMs = GRACE_MS) {
    const began = performance.now();
    const span = { truth, from: began + graceMs, to: Infinity };
    this.#spans.push({ truth: 'unclear', from: began, to: span.from }, span);
    try {
      return await work();
    } finally {
      span.to = performance.now();
    }
  }

  /** Marks everything since `began` as unclear: it changed, and recovered at an unknown time. */
  unclearSince(began) {
    this.#spans.push({ truth: 'unclear', from: began, to: performance.now() });
  }

  /** @returns how many answers there were, and those that were not true */
  async stop() {
    this.#stopped = true;
    await this.#running;
    this.#http.close();
    const lies = this.#probes.map((probe) => this.#lieOf(probe)).filter(Boolean);
    return { count: this.#probes.length, lies: [...lies, ...this.#late] };
  }

  async #ask(product) {
    for (; !this.#stopped; await sleep(EVERY_MS)) {
      if (!product.running) continue;
      const sentAt = performance.now();
      const [ready, live] = await Promise.all(
        ['/health/ready', '/health/live'].map((path) => this.#http.send(product.url, 'GET', path)),
      );
      this.#probes.push({ ...ready, name: product.name, sentAt, answeredAt: sentAt + ready.ms });
      if (!live.broken && (live.status !== 200 || live.ms > LIVE_MS))
        this.#late.push(`${product.name}: /health/live answered ${live.status} after ${Math.round(live.ms)} ms`);
    }
  }

  #lieOf({ name, status, body, headers, broken, sentAt, answeredAt }) {
    const overlapping = this.#spans.filter(({ from, to }) => from < answeredAt && to > sentAt);
    const around = overlapping.find(({ from, to }) => from <= sentAt && to >= answeredAt);
    const truth = overlapping.length === 0 ? 'ok' : overlapping.length === 1 ? (around?.truth ?? 'unclear') : 'unclear';
    const said = broken ?? `${status} ${body?.status ?? ''}`.trim();
    if (status === 503 && !(Number(headers['retry-after']) > 0)) return `${name} said ${said} without Retry-After`;
    const right =
      truth === 'unclear' ||
      (truth === 'ok' && said === '200 ok') ||
      (truth === 'down' && (broken || status === 503)) ||
      (truth === 'read_only' && (broken || said === '200 read_only' || status === 503));
    return right ? undefined : `${name} said ${said} where ${truth} was true`;
  }
}
