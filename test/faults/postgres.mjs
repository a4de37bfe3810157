// The embedded PostgreSQL of the product, without the supervisor that would start it again.
import { rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  applicationPassword,
  ensureCluster,
  passwordOf,
} from '../../dist/infrastructure/embedded-postgres/embedded-cluster.js';
import {
  acquireLease,
  releaseLease,
  runningServer,
  stopServer,
} from '../../dist/infrastructure/embedded-postgres/embedded-lease.mjs';
import { prepareLayout } from '../../dist/infrastructure/embedded-postgres/embedded-layout.js';
import { startServer } from '../../dist/infrastructure/embedded-postgres/embedded-server.js';
import { startWatchdog } from '../../dist/infrastructure/embedded-postgres/embedded-watchdog.js';
import { childrenOf, signal } from './processes.mjs';

/**
 * A killed process loses nothing that it handed to the operating system, so fsync can be off; what is acknowledged has to
 * be handed over, so synchronous_commit cannot.
 */
const SETTINGS = { fsync: 'off', synchronous_commit: 'on', max_connections: '200' };
const DATABASE = 'ctms_faults';
const ROLE = 'ctms_app';

export class Postgres {
  port = 0;
  #place;
  #password;
  #watchdog;
  #holder;

  /** @param folder that the user who runs the server can reach */
  static async start(folder) {
    const postgres = new Postgres();
    postgres.#place = prepareLayout(folder, () => undefined);
    postgres.#password = passwordOf(postgres.#place);
    postgres.#holder = acquireLease(postgres.#place.home);
    // Stops the server where this process is killed.
    postgres.#watchdog = startWatchdog(postgres.#place.home, postgres.#holder);
    await ensureCluster(postgres.#place, SETTINGS);
    await postgres.run();
    await postgres.query('postgres', `CREATE DATABASE ${DATABASE}`);
    return postgres;
  }

  /** Starts the server, and waits until it has recovered. */
  async run() {
    ({ port: this.port } = await startServer(this.#place, SETTINGS));
  }

  /** An address of the database. @param port another one, such as that of a proxy */
  url(role = 'owner', port = this.port, database = DATABASE) {
    const login = role === 'owner' ? `postgres:${this.#password}` : `${ROLE}:${applicationPassword(this.#password)}`;
    return `postgres://${login}@127.0.0.1:${port}/${database}`;
  }

  get name() {
    return DATABASE;
  }

  get running() {
    return runningServer(this.#place.cluster) !== undefined;
  }

  /** Rows, as the superuser, past the proxy. */
  async rows(text, values = []) {
    return (await this.query(DATABASE, text, values)).rows;
  }

  async query(database, text, values) {
    const client = new pg.Client({ connectionString: this.url('owner', this.port, database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.query(text, values);
    } finally {
      await client.end();
    }
  }

  /** Ends the connections of the product. @returns how many there were */
  async terminateConnections() {
    const { rowCount } = await this.query(
      'postgres',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${DATABASE}'`,
    );
    return rowCount;
  }

  /** SIGKILL for the server and everything it started, as when its machine loses power. */
  async kill() {
    const { pid } = runningServer(this.#place.cluster);
    for (const each of [pid, ...childrenOf(pid)]) signal(each, 'SIGKILL');
    while (this.running) await sleep(20);
  }

  /** SIGKILL for one connection's process: the server then restarts itself, since its memory may be damaged. */
  killBackend(random) {
    const { pid } = runningServer(this.#place.cluster);
    const children = childrenOf(pid);
    signal(random.pick(children), 'SIGKILL');
  }

  pause() {
    this.#signalAll('SIGSTOP');
  }

  resume() {
    this.#signalAll('SIGCONT');
  }

  #signalAll(name) {
    const { pid } = runningServer(this.#place.cluster);
    for (const each of [pid, ...childrenOf(pid)]) signal(each, name);
  }

  /** Stops the server in order. */
  async stop() {
    await stopServer(this.#place.cluster);
  }

  /** Copies the data folder of a server that is stopped. */
  copyTo(folder) {
    rmSync(folder, { recursive: true, force: true });
    execFileSync('cp', ['-a', this.#place.cluster, folder]);
  }

  /** Replaces the data folder of a server that is stopped. */
  replaceBy(folder) {
    rmSync(this.#place.cluster, { recursive: true, force: true });
    execFileSync('cp', ['-a', folder, this.#place.cluster]);
  }

  async close() {
    if (this.running) this.resume();
    if (!releaseLease(this.#place.home, this.#holder)) await this.stop();
    this.#watchdog();
  }

  /** The end of its log, for reports. */
  logFile() {
    return join(this.#place.home, 'server.log');
  }
}
