// Plain JavaScript: the watchdog runs it as it stands, from sources, from dist and in tests alike.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, isStale, processIdentity, withLock } from './process-lock.mjs';

const STOP_TIMEOUT_MS = 60_000;
const IS_POSTGRES = /^[^\0]*\/postgres\0|\/bin\/postgres /;
let count = 0;

export const lockOf = (home) => join(home, 'lock');

export const withServerLock = (home, work) => withLock(lockOf(home), work);

export function acquireLease(home) {
  const file = join(home, 'holders', `${process.pid}-${++count}`);
  fs.writeFileSync(file, processIdentity(process.pid) ?? '');
  return file;
}

export function releaseLease(home, holder) {
  fs.rmSync(holder, { force: true });
  const folder = join(home, 'holders');
  for (const name of fs.readdirSync(folder))
    if (isStale(join(folder, name))) fs.rmSync(join(folder, name), { force: true });
  return fs.readdirSync(folder).length > 0;
}

export const isPostgres = (command) => IS_POSTGRES.test(command);

export function runningServer(cluster) {
  const [pid, , , port, , , , status] = read(join(cluster, 'postmaster.pid')).split('\n');
  if (!pid || !isServer(Number(pid), cluster)) return undefined;
  return { pid: Number(pid), port: Number(port), ready: status?.trim() === 'ready' };
}

function isServer(pid, cluster) {
  const command = commandLine(pid);
  return isPostgres(command) && command.split(/\0| -/).some((part) => part === cluster || part === `D ${cluster}`);
}

export async function stopServer(cluster) {
  const pid = runningServer(cluster)?.pid;
  if (pid === undefined) return;
  const self = processIdentity(pid);
  for (const signal of ['SIGINT', 'SIGQUIT']) {
    signalTo(pid, signal);
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (processIdentity(pid) !== self) return;
      await sleep(10);
    }
  }
}

function signalTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

export function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
