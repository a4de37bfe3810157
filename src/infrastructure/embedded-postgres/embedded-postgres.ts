import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier, type Client } from 'pg';
import { SHORT_TIMEOUTS, DatabaseClient } from '../../core/persistence/database-client.js';
import { ensureRole, type Login } from '../database-roles/application-role.js';
import { applicationPassword, ensureCluster, passwordOf } from './embedded-cluster.js';
import { acquireLease, releaseLease, withLock } from './embedded-leases.js';
import { prepareLayout, type EmbeddedLayout } from './embedded-layout.js';
import { runningServer, startServer, stopServer, type Running } from './embedded-server.js';
import { supervise } from './embedded-supervisor.js';
import { startWatchdog } from './embedded-watchdog.js';

/** Serves; the superuser owns. */
const APPLICATION_ROLE = 'ctms_app';
const ADOPTION_PATIENCE = 60_000;
const WRONG_PASSWORD = 'its password is another one than that in the file "password"';

/** A hold on a PostgreSQL server that runs for this product alone. */
export interface EmbeddedPostgres {
  /** Of the database, for the role that serves, with its password: a secret. */
  readonly url: string;
  /** The same, for the superuser, who makes and owns the tables. */
  readonly ownerUrl: string;
  readonly port: number;
  /** It was running already, for another process of the product. */
  readonly adopted: boolean;
  /** Where the data really is; not the wanted folder if that one is out of the server's reach. */
  readonly dataDir: string;
  /** Gives up the hold; the last one to do so stops the server. Further calls do nothing. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** A folder of its own; made if missing. */
  readonly dataDir: string;
  /** Created if missing; "ctms" by default. */
  readonly database?: string;
  /** Further settings of the server, for the case that this call starts it. */
  readonly settings?: Record<string, string>;
  /** Told what an operator should know: where the data went, what takes long. */
  readonly log?: (line: string) => void;
}

/**
 * Starts PostgreSQL in a folder, or takes part in the one that runs there for another process of the product. The server
 * lives while some process holds it, also past an orderly end of the one that started it; when the last is killed,
 * a watchdog stops it.
 *
 * @throws Error that says what is wrong, and what to do, in words for an operator
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, database = 'ctms', settings = {}, log = () => undefined } = options;
  const place = prepareLayout(dataDir, log);
  return withLock(place.home, async () => {
    const hold = takeHold(place);
    try {
      const password = passwordOf(place);
      const found = await adopt(place, password);
      const { port } = found ?? (await startNew(place, settings, log));
      const application = { name: APPLICATION_ROLE, password: applicationPassword(password) };
      const address = (role: Login): string =>
        `postgres://${role.name}:${role.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
      await connected(port, password, async (client) => {
        await ensureDatabase(client, database);
        await ensureRole(client, application);
      });
      const restart = () => withLock(place.home, () => restartIfGone(place, settings, log));
      const endSupervision = supervise(place, restart, log);
      return {
        ...{ url: address(application), ownerUrl: address({ name: 'postgres', password }) },
        ...{ port, adopted: found !== undefined, dataDir: place.home },
        stop: once(async () => {
          await endSupervision();
          await withLock(place.home, hold.release);
        }),
      };
    } catch (error) {
      await hold.release();
      throw error;
    }
  });
}

/** The watchdog comes before the server, so that there is no moment to be killed in that leaves a server behind. */
function takeHold(place: EmbeddedLayout): { release: () => Promise<void> } {
  const holder = acquireLease(place.home);
  const dismiss = startWatchdog(place.home, holder);
  return {
    async release() {
      if (!releaseLease(place.home, holder)) await stopServer(place);
      dismiss();
    },
  };
}

async function startNew(
  place: EmbeddedLayout,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<Running> {
  const timer = setTimeout(() => log(`PostgreSQL is still starting, see ${place.home}/server.log`), 5000);
  try {
    await ensureCluster(place, settings);
    return await startServer(place, settings);
  } finally {
    clearTimeout(timer);
  }
}

async function restartIfGone(
  place: EmbeddedLayout,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<void> {
  if (!runningServer(place)) await startNew(place, settings, log);
}

/** The server that is there, once it answers; undefined when there is none, or when the one that was stopping is gone. */
async function adopt(place: EmbeddedLayout, password: string): Promise<Running | undefined> {
  const deadline = performance.now() + ADOPTION_PATIENCE;
  for (let running = runningServer(place); running; running = runningServer(place)) {
    const refusal = running.ready ? await refusalOf(running.port, password) : 'it is starting or stopping';
    if (refusal === undefined) return running;
    if (performance.now() > deadline || refusal === WRONG_PASSWORD) {
      throw new Error(`PostgreSQL (pid ${running.pid}) holds ${place.home} but does not let us in: ${refusal}.`);
    }
    await sleep(50);
  }
  return undefined;
}

async function refusalOf(port: number, password: string): Promise<string | undefined> {
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

/** Says everything itself, for PG* variables of the shell are meant for other servers. */
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
