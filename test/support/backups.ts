import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { administer, connected, newDatabase, type TestDatabase } from './database.js';

const run = promisify(execFile);

/** A state of a database that can be restored any number of times. */
export interface Backup {
  readonly tool: 'pg_dump' | 'template';
  restore(): Promise<TestDatabase>;
  drop(): Promise<void>;
}

/** By `pg_dump` and `pg_restore` where they are installed for this server's version; else a copy that PostgreSQL makes. */
export async function backUp(database: TestDatabase): Promise<Backup> {
  return (await canDump(database)) ? dumped(database) : copied(database);
}

async function canDump({ ownerUrl }: TestDatabase): Promise<boolean> {
  try {
    const [, major] = / (\d+)/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' })) ?? [];
    const version = await connected(
      ownerUrl,
      async (client) =>
        (await client.query<{ n: number }>(`SELECT current_setting('server_version_num')::int / 10000 AS n`)).rows[0]
          ?.n,
    );
    return Number(major) >= Number(version);
  } catch {
    return false;
  }
}

async function dumped({ ownerUrl }: TestDatabase): Promise<Backup> {
  const file = join(mkdtempSync(join(tmpdir(), 'backup-')), 'ctms.dump');
  await run('pg_dump', ['--format=custom', `--file=${file}`, ownerUrl]);
  return {
    tool: 'pg_dump',
    restore: async () => {
      const restored = await newDatabase('template0');
      await run('pg_restore', ['--exit-on-error', `--dbname=${restored.ownerUrl}`, file]);
      return restored;
    },
    drop: async () => undefined,
  };
}

async function copied(database: TestDatabase): Promise<Backup> {
  const name = new URL(database.ownerUrl).pathname.slice(1);
  const copy = `${name}_backup`;
  await database.away(() => administer(`CREATE DATABASE ${copy} TEMPLATE ${name}`));
  return {
    tool: 'template',
    restore: () => newDatabase(copy),
    drop: () => administer(`DROP DATABASE IF EXISTS ${copy} WITH (FORCE)`),
  };
}
