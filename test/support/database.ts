import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export const TEMPLATE = 'ctms_test_template';

/** The address of a database on the server of this run. */
export function databaseUrl(name: string): string {
  const url = new URL(process.env.TEST_DATABASE_URL as string);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs statements on the server, outside of any test's database. */
export async function administer(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The role that serves in every test, as in production: it owns nothing. The global setup makes it. */
export const APPLICATION_ROLE = 'ctms_test_app';

/** The same database, for the role that serves. */
function forApplication(address: string): string {
  const url = new URL(address);
  Object.assign(url, { username: APPLICATION_ROLE, password: APPLICATION_ROLE });
  return url.href;
}

export interface TestDatabase {
  /** For the role that serves. */
  readonly url: string;
  /** For a superuser: to set up and to look at things, past the product. */
  readonly ownerUrl: string;
  /** While `work` runs, no client is connected or can connect, as when its server restarts. */
  away<T>(work: () => Promise<T>): Promise<T>;
  drop(): Promise<void>;
}

/** Does something as one role, past the product. */
export async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A database of one's own: a clone of the migrated template, or an empty one. */
export async function newDatabase(template: string = TEMPLATE): Promise<TestDatabase> {
  const name = `ctms_test_${randomBytes(6).toString('hex')}`;
  for (let attempt = 1; ; attempt++) {
    try {
      await administer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      break;
    } catch (error) {
      // Another worker is cloning the template at this moment.
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
    }
  }
  const ownerUrl = databaseUrl(name);
  const drop = () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return { url: forApplication(ownerUrl), ownerUrl, away: (work) => whileRefusing(name, work), drop };
}

async function whileRefusing<T>(name: string, work: () => Promise<T>): Promise<T> {
  await administer(
    `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
  try {
    return await work();
  } finally {
    await administer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  }
}
