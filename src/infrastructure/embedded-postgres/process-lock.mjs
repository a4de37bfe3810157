// Plain JavaScript: src/run.mjs needs it before anything is built, and the watchdog runs it as it stands.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const hasProc = fs.existsSync('/proc/self/stat');
let count = 0;

export function processIdentity(pid) {
  try {
    if (!hasProc) return identifyByPs(pid);
    const [state = 'X', ...rest] = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
    return 'ZX'.includes(state) ? undefined : `${pid} ${rest[18]}`;
  } catch {
    return undefined;
  }
}

function identifyByPs(pid) {
  const [state = 'Z', started] = ps(pid, 'stat=,lstart=').split(/\s(.*)/s);
  return state.startsWith('Z') ? undefined : `${pid} ${started?.trim()}`;
}

export function commandLine(pid) {
  try {
    return hasProc ? fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ps(pid, 'command=');
  } catch {
    return '';
  }
}

function ps(pid, columns) {
  return execFileSync('ps', ['-o', columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

export async function withLock(lock, work, onWait = () => undefined) {
  for (let waits = false; !tryLock(lock); waits = true) {
    if (!waits) onWait();
    breakStaleLock(lock);
    await sleep(20);
  }
  const release = () => fs.rmSync(lock, { force: true });
  // Also where the work ends the process.
  process.once('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

// A hard link appears together with its content, so that no process reads a half-written lock.
function tryLock(lock) {
  const mine = `${lock}.${process.pid}-${++count}`;
  fs.writeFileSync(mine, processIdentity(process.pid) ?? '');
  try {
    fs.linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

// Moved aside and checked again before removal: another process may have replaced it in between.
function breakStaleLock(lock) {
  if (!isStale(lock)) return;
  const aside = `${lock}.${process.pid}-stale`;
  try {
    fs.renameSync(lock, aside);
    if (!isStale(aside)) fs.linkSync(aside, lock);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(error.code)) throw error;
  }
  fs.rmSync(aside, { force: true });
}

export function isStale(file) {
  try {
    const owner = fs.readFileSync(file, 'utf8');
    return processIdentity(parseInt(owner, 10)) !== owner;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
