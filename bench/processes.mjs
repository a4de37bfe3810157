// Child processes, and what they cost: CPU time and memory as Linux counts them.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Settings of a server on a database, on a free port, with limits of rates that no run reaches. */
export const serverSettings = ({ url }, secretKey) => ({
  DATABASE_URL: url,
  SECRET_KEY: secretKey,
  HOST: '127.0.0.1',
  PORT: '0',
  ENVIRONMENT: 'test',
  RATE_LIMIT_PER_MINUTE: '1000000',
  RATE_LIMIT_ROLES: 'manager=1000000',
});

/** Starts a server and waits until it says where it serves. */
export async function start(file, env) {
  const child = spawn(process.execPath, [file], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const url = await new Promise((resolve, reject) => {
    const read = (data) => {
      log += data;
      const found = /Serving on (http:\/\/[\d.]+:\d+)/.exec(log)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}:\n${log}`)));
  });
  const stop = () => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM'));
  return { url, pid: child.pid, stop };
}

/** Runs one load in a process of its own, so that its CPU time is not the server's. */
export async function load(task) {
  const child = spawn(process.execPath, [new URL('load.mjs', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(task));
  let text = '';
  for await (const data of child.stdout) text += data;
  // The process has printed its own error.
  if (!text) throw new Error('A load failed');
  return JSON.parse(text);
}

function statOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
    return {
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]),
    };
  } catch {
    return undefined;
  }
}

/** CPU microseconds of a process and, where asked, of those that it started. */
export function cpuMicros(pid, withChildren = false) {
  const own = statOf(pid)?.ticks ?? 0;
  const pids = withChildren ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  const children = pids.map(statOf).filter((stat) => stat?.parent === pid);
  return ((own + children.reduce((sum, { ticks }) => sum + ticks, 0)) * 1e6) / TICKS_PER_SECOND;
}

/** Resident memory in MB, of a process and the workers that it started. */
export function residentMb(pid) {
  const workers = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)?.parent === pid);
  return [pid, ...workers].reduce((sum, each) => sum + residentOf(each), 0);
}

function residentOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
