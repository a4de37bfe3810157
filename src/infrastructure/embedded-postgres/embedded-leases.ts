import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const hasProc = fs.existsSync('/proc/self/stat');
let count = 0;

/**
 * Identifies a process as "pid start-time"; undefined if it is gone. The pid alone is not enough: pids recur, after a
 * reboot or in every restart of a container, and a zombie answers to signals but holds nothing.
 */
export function processIdentity(pid: number): string | undefined {
  try {
    if (!hasProc) return identifyByPs(pid);
    const [state = 'X', ...rest] = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
    return 'ZX'.includes(state) ? undefined : `${pid} ${rest[18]}`;
  } catch {
    return undefined;
  }
}

function identifyByPs(pid: number): string | undefined {
  const [state = 'Z', started] = ps(pid, 'stat=,lstart=').split(/\s(.*)/s);
  return state.startsWith('Z') ? undefined : `${pid} ${started?.trim()}`;
}

/** Returns the command line of a process, separated by NUL or spaces; empty if it is gone. */
export function commandLine(pid: number): string {
  try {
    return hasProc ? fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ps(pid, 'command=');
  } catch {
    return '';
  }
}

function ps(pid: number, columns: string): string {
  return execFileSync('ps', ['-o', columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

/**
 * Runs `work` while no other process runs its own in the same folder. Waits while the owner of the lock is alive: it
 * may be replaying the log of a crash.
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, 'lock');
  while (!tryLock(lock)) {
    breakStaleLock(lock);
    await sleep(20);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

/** Acquires the lock by a hard link, which appears together with its content: no process reads a half-written lock. */
function tryLock(lock: string): boolean {
  const mine = `${lock}.${process.pid}-${++count}`;
  fs.writeFileSync(mine, processIdentity(process.pid) ?? '');
  try {
    fs.linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/** Moves a stale lock aside and checks it again before removing it: another process may have replaced it in between. */
function breakStaleLock(lock: string): void {
  if (!isStale(lock)) return;
  const aside = `${lock}.${process.pid}-stale`;
  try {
    fs.renameSync(lock, aside);
    if (!isStale(aside)) fs.linkSync(aside, lock);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  fs.rmSync(aside, { force: true });
}

function isStale(file: string): boolean {
  try {
    const owner = fs.readFileSync(file, 'utf8');
    return processIdentity(parseInt(owner, 10)) !== owner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Registers that this process needs the server. Call under the lock. */
export function acquireLease(home: string): string {
  const file = join(home, 'holders', `${process.pid}-${++count}`);
  fs.writeFileSync(file, processIdentity(process.pid) ?? '');
  return file;
}

/** Removes a lease and those of dead processes. Call under the lock. @returns true where a lease is left */
export function releaseLease(home: string, holder: string): boolean {
  fs.rmSync(holder, { force: true });
  const folder = join(home, 'holders');
  for (const name of fs.readdirSync(folder)) if (isStale(join(folder, name))) fs.rmSync(join(folder, name));
  return fs.readdirSync(folder).length > 0;
}
