import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier, type Client } from 'pg';
import { SHORT_TIMEOUTS, DatabaseClient } from '../../core/persistence/database-client.js';
import { ensureRole, type Login } from '../database-roles/application-role.js';
import { applicationPassword, ensureCluster, passwordOf } from './embedded-cluster.js';
import {
  acquireLease,
  releaseLease,
  runningServer,
  stopServer,
  withServerLock,
  type Running,
} from './embedded-lease.mjs';
import { prepareLayout, type EmbeddedLayout } from './embedded-layout.js';
import { startServer } from './embedded-server.js';
import { supervise } from './embedded-supervisor.js';
import { startWatchdog } from './embedded-watchdog.js';

/** Application role; the superuser is the owner. */
const APPLICATION_ROLE = 'ctms_app';
const ADOPTION_TIMEOUT_MS = 60_000;
const WRONG_PASSWORD = 'its password differs from that in the file "password"';

/** Lease of a PostgreSQL server that runs for this product alone. */
export interface EmbeddedPostgres {
  /** URL of the database for the application role, with its password: a secret. */
  readonly url: string;
  /** URL for the superuser, who creates and owns the tables. */
  readonly ownerUrl: string;
  readonly port: number;
  /** True for a server that was running already, for another process of the product. */
  readonly adopted: boolean;
  /** Actual folder of the data; not the requested one where that is out of the server's reach. */
  readonly dataDir: string;
  /** Releases the lease; the last one stops the server. Further calls have no effect. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Dedicated folder; created if missing. */
  readonly dataDir: string;
  /** Name of the database, created if missing; default "ctms". */
  readonly database?: string;
  /** Further settings of the server, used where this call starts it. */
  readonly settings?: Record<string, string>;
  /** Receives messages for the operator: the location of the data, slow steps. */
  readonly log?: (line: string) => void;
}

/**
 * Starts PostgreSQL in a folder, or joins the server that runs there for another process of the product. The server
 * runs while any process holds a lease, also after an orderly end of the one that started it; when the last is
 * killed, a watchdog stops it.
 *
 * @throws Error for the operator, with instructions
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, database = 'ctms', settings = {}, log = () => undefined } = options;
  const layout = prepareLayout(dataDir, log);
  return withServerLock(layout.home, async () => {
    const lease = takeLease(layout);
    try {
      const password = passwordOf(layout);
      const found = await adopt(layout, password);
      const { port } = found ?? (await startNew(layout, settings, log));
      const application = { name: APPLICATION_ROLE, password: applicationPassword(password) };
      const address = (role: Login): string =>
        `postgres://${role.name}:${role.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
      await connected(port, password, async (client) => {
        await ensureDatabase(client, database);
        await ensureRole(client, application);
      });
      const restart = () => withServerLock(layout.home, () => restartIfGone(layout, settings, log));
      const endSupervision = supervise(layout, restart, log);
      return {
        url: address(application),
        ownerUrl: address({ name: 'postgres', password }),
        port,
        adopted: found !== undefined,
        dataDir: layout.home,
        stop: once(async () => {
          await endSupervision();
          await withServerLock(layout.home, lease.release);
        }),
      };
    } catch (error) {
      await lease.release();
      throw error;
    }
  });
}

/** Acquires a lease. The watchdog starts before the server, so that a kill at any moment leaves no server behind. */
function takeLease(layout: EmbeddedLayout): { release: () => Promise<void> } {
  const holder = acquireLease(layout.home);
  const dismiss = startWatchdog(layout.home, holder);
  return {
    async release() {
      if (!releaseLease(layout.home, holder)) await stopServer(layout.cluster);
      dismiss();
    },
  };
}

async function startNew(
  layout: EmbeddedLayout,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<Running> {
  const timer = setTimeout(() => log(`PostgreSQL is still starting, see ${layout.home}/server.log`), 5000);
  try {
    if (!existsSync(layout.cluster)) log(`Creating the data folder of PostgreSQL in ${layout.home}`);
    await ensureCluster(layout, settings);
    return await startServer(layout, settings);
  } finally {
    clearTimeout(timer);
  }
}

async function restartIfGone(
  layout: EmbeddedLayout,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<void> {
  if (!runningServer(layout.cluster)) await startNew(layout, settings, log);
}

/** Returns the running server once it answers; undefined where none runs, or after a stopping one is gone. */
async function adopt(layout: EmbeddedLayout, password: string): Promise<Running | undefined> {
  const deadline = performance.now() + ADOPTION_TIMEOUT_MS;
  for (let running = runningServer(layout.cluster); running; running = runningServer(layout.cluster)) {
    const error = running.ready ? await connectionError(running.port, password) : 'it is starting or stopping';
    if (error === undefined) return running;
    if (performance.now() > deadline || error === WRONG_PASSWORD) {
      throw new Error(`PostgreSQL (pid ${running.pid}) holds ${layout.home} but rejects connections: ${error}.`);
    }
    await sleep(50);
  }
  return undefined;
}

async function connectionError(port: number, password: string): Promise<string | undefined> {
  try {
    await connected(port, password, (client) => client.query('SELECT 1'));
    return undefined;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    return code === '28P01' ? WRONG_PASSWORD : message;
  }
}

async function ensureDatabase(client: Client, database: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(database)}`);
}

/** Connects with explicit options only, since PG* variables of the shell are meant for other servers. */
async function connected(port: number, password: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const how = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres', ssl: false };
  const client = new DatabaseClient({ ...how, ...SHORT_TIMEOUTS });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
