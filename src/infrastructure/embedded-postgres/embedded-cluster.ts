import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { identity, serverEnvironment } from './embedded-binaries.js';
import { type EmbeddedLayout } from './embedded-layout.js';

/** Returns the password of the superuser; generated once, before the cluster. */
export function passwordOf({ home, cluster, user }: EmbeddedLayout): string {
  const file = join(home, 'password');
  if (!fs.existsSync(file)) {
    if (fs.existsSync(cluster))
      throw new Error(`${file} is missing: put it back, or move ${cluster} away to start with a new database.`);
    fs.rmSync(`${file}.new`, { force: true });
    fs.writeFileSync(`${file}.new`, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (user) fs.chownSync(`${file}.new`, user.uid, user.gid);
    fs.renameSync(`${file}.new`, file);
  }
  return fs.readFileSync(file, 'utf8').trim();
}

/** Derives the password of the application role from the superuser's, not the other way round. */
export const applicationPassword = (password: string): string =>
  createHmac('sha256', password).update('application role').digest('base64url');

/** Creates the cluster unless it exists. It is renamed when complete, so that an incomplete one is never started. */
export async function ensureCluster(place: EmbeddedLayout, settings: Record<string, string>): Promise<void> {
  const { home, cluster, binaries, user } = place;
  if (fs.existsSync(cluster)) return assertSameVersion(place);
  const unfinished = join(home, `unfinished-${randomBytes(4).toString('hex')}`);
  const options = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${join(home, 'password')}`];
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const sync = settings.fsync === 'off' ? ['--no-sync'] : [];
  const args = ['-D', unfinished, ...options, ...locale, ...sync];
  try {
    const how = { cwd: home, env: serverEnvironment(), ...identity(user) };
    await promisify(execFile)(join(binaries, 'bin', 'initdb'), args, how);
    fs.renameSync(unfinished, cluster);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`PostgreSQL could not make its data folder in ${home}: ${stderr?.trim() || message}`);
  } finally {
    for (const name of fs.readdirSync(home)) {
      if (name.startsWith('unfinished-')) fs.rmSync(join(home, name), { recursive: true, force: true });
    }
  }
}

/** Asserts that this major version created the data folder: no other can read it. */
async function assertSameVersion({ cluster, binaries }: EmbeddedLayout): Promise<void> {
  const made = fs.readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = await promisify(execFile)(join(binaries, 'bin', 'postgres'), ['--version']);
  const version = /(\d+)(?:\.\d+)*/.exec(stdout)?.[1] ?? '';
  if (version === made) return;
  throw new Error(
    `The data in ${cluster} were made by PostgreSQL ${made}, and this is PostgreSQL ${version}, which cannot read them. ` +
      `To keep them, dump them with PostgreSQL ${made} (pg_dump) and restore the dump here, or set DATABASE_URL to a ` +
      `PostgreSQL ${made} that serves them. To start with an empty one, move ${cluster} away.`,
  );
}
