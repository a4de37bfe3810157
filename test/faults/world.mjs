import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clients } from './clients.mjs';
import { Journal } from './journal.mjs';
import { Postgres } from './postgres.mjs';
import { freePort } from './processes.mjs';
import { Product } from './product.mjs';
import { Proxy } from './proxy.mjs';
import { Random } from './random.mjs';
import { Readiness } from './readiness.mjs';

const CLIENTS = 6;
/** So long the product may take to work again after what was done to it has ended. */
export const RECOVERY_MS = 45_000;
const ENVIRONMENT = {
  ENVIRONMENT: 'development',
  SECRET_KEY: 'a key of the faults that keeps tokens valid over restarts',
  AUDIT_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64'),
  BCRYPT_COST: '4',
  RATE_LIMIT_ENABLED: 'false',
  DATABASE_TIMEOUT_SECONDS: '2',
  // One user makes all of the traffic.
  BUDGETS: 'requests.share=1000',
  LOG_LEVEL: 'info',
};

/** A PostgreSQL behind a proxy, the product on it, clients that write, and a watch on what `/health/ready` says. */
export class World {
  products = [];
  #began = performance.now();
  #print;
  #cleanUps = [];

  /** @param print takes one line of the report */
  constructor(seed, seconds, print) {
    Object.assign(this, { seed, seconds, random: new Random(seed), journal: new Journal(seed) });
    this.#print = print;
  }

  /** @param options replicas, environment (of all, or by the index of a replica), preloads by index, folder of the database */
  async open({ replicas = 1, env = {}, preloads = () => [], keepAlive = true, folder } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'ctms-faults-'));
    chmodSync(this.folder, 0o755);
    this.cleanUp(() => rmSync(this.folder, { recursive: true, force: true }));
    const data = folder ? await folder(this) : join(this.folder, 'postgres');
    mkdirSync(data, { recursive: true });
    this.postgres = await Postgres.start(data);
    this.cleanUp(() => this.postgres.close());
    this.proxy = await Proxy.before(() => this.postgres.port);
    this.cleanUp(() => this.proxy.close());
    for (let i = 0; i < replicas; i++) await this.#add(i, env, preloads);
    this.clients = new Clients(this.journal, this.random.fork(99), () => this.targets(), keepAlive);
    this.cleanUp(() => this.clients.close());
    await this.clients.signIn();
    this.say(`PostgreSQL on port ${this.postgres.port}; ${this.products.map(({ url }) => url).join(', ')}`);
  }

  async #add(i, env, preloads) {
    const own = typeof env === 'function' ? await env(i, this) : env;
    const address = {
      DATABASE_URL: this.postgres.url('application', this.proxy.port),
      DATABASE_OWNER_URL: this.postgres.url('owner', this.proxy.port),
      DATA_DIR: join(this.folder, `data-${i}`),
    };
    const product = new Product(
      `replica ${i + 1}`,
      await freePort(),
      { ...ENVIRONMENT, ...address, ...own },
      preloads(i),
    );
    this.products.push(product);
    this.cleanUp(() => product.kill());
    await product.start();
  }

  /** The environment of the product, for its commands. */
  get environment() {
    const address = { DATABASE_URL: this.postgres.url('application'), DATABASE_OWNER_URL: this.postgres.url() };
    return { ...this.products[0].env, ...address };
  }

  targets() {
    const running = this.products.filter(({ running, withdrawn }) => running && !withdrawn);
    return (running.length > 0 ? running : this.products).map(({ url }) => url);
  }

  /** Lets clients write, and asks all replicas for their readiness. */
  start(clients = CLIENTS) {
    if (this.readiness) return;
    this.readiness = new Readiness(this.products);
    this.clients.start(clients);
  }

  async pause(leastMs, mostMs = leastMs) {
    await sleep(this.random.between(leastMs, mostMs));
  }

  /** Repeats something for the seconds that the run was given. @returns how many times it was done */
  async forTheTime(work) {
    let times = 0;
    for (const end = performance.now() + this.seconds * 1000; performance.now() < end; times++) await work(times);
    return times;
  }

  /** Waits until a write and a read succeed and every replica is ready, without doing anything for it. @throws where that does not come */
  async recovered() {
    const began = performance.now();
    for (;;) {
      const states = await Promise.all(this.products.map((product) => this.#stateOf(product)));
      if ((await this.clients.works()) && states.every((state) => state === 'ok')) break;
      if (performance.now() - began > RECOVERY_MS)
        throw new Error(`It did not recover within ${RECOVERY_MS / 1000} s: ready says ${states.join(', ')}`);
      await sleep(100);
    }
    this.readiness?.unclearSince(began);
    this.say(`recovered after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }

  async #stateOf({ url }) {
    try {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
      return (await answer.json()).status;
    } catch (error) {
      return error.message;
    }
  }

  /** A line of the report, with the seconds since the beginning. */
  say(text) {
    this.#print(`  ${((performance.now() - this.#began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  }

  /** Done when the world ends, the last one first. */
  cleanUp(work) {
    this.#cleanUps.push(work);
  }

  async close() {
    for (const work of this.#cleanUps.reverse()) {
      try {
        await work();
      } catch (error) {
        this.say(`cleaning up failed: ${error.message}`);
      }
    }
    this.#cleanUps = [];
  }
}
