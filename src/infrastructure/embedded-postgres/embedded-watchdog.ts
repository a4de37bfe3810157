import { spawn } from 'node:child_process';
import { type Socket } from 'node:net';

/**
 * Outlives a killed process: waits for the end of its standard input, which the kernel closes however the parent
 * died, and then releases the parent's lease of the server, as `stop` would have. After an orderly stop the lease
 * file is gone and there is nothing to do. It repeats the little that it needs of the leases' and the server's code,
 * because it has to run as one inline script, from sources, from dist and in tests alike.
 */
const SCRIPT = `
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const [home, holder] = process.argv.slice(1);
const lock = home + '/lock', mine = lock + '.' + process.pid, proc = fs.existsSync('/proc/self/stat');
const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const attempt = (work, otherwise) => { try { return work(); } catch { return otherwise; } };
const read = (file) => attempt(() => fs.readFileSync(file, 'utf8'), '');
const ps = (pid, columns) => execFileSync('ps', ['-o', columns, '-p', pid],
  { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
const identify = (pid) => attempt(() => {
  const [state, ...rest] = proc
    ? fs.readFileSync('/proc/' + pid + '/stat', 'utf8').replace(/.*\\) /s, '').split(' ')
    : ps(pid, 'stat=,lstart=').split(/\\s(.*)/s);
  return /^[ZX]/.test(state) ? undefined : pid + ' ' + (proc ? rest[18] : rest[0].trim());
});
const isStale = (file) => {
  const owner = read(file);
  return owner !== '' && identify(parseInt(owner, 10)) !== owner;
};
const breakStaleLock = () => {
  if (!isStale(lock)) return;
  attempt(() => fs.renameSync(lock, mine + '-stale'));
  if (!isStale(mine + '-stale')) attempt(() => fs.linkSync(mine + '-stale', lock));
  fs.rmSync(mine + '-stale', { force: true });
};
const postmaster = () => {
  const pid = parseInt(read(home + '/cluster/postmaster.pid'), 10);
  const command = !pid ? '' : proc ? read('/proc/' + pid + '/cmdline') : attempt(() => ps(pid, 'command='), '');
  const isPostgres = /^[^\\0]*\\/postgres\\0|\\/bin\\/postgres /.test(command);
  return isPostgres && command.includes(home + '/cluster') ? pid : 0;
};
const stopServer = (patience) => {
  for (let waited = 0; !postmaster() && waited < patience; waited += 50) pause(50);
  const pid = postmaster(), self = pid && identify(pid);
  if (pid) attempt(() => process.kill(pid, 'SIGINT'));
  for (let waited = 0; self && identify(pid) === self && waited < 60000; waited += 50) pause(50);
};
process.stdin.resume().on('error', () => {}).on('close', () => {
  if (!fs.existsSync(holder)) return;
  // A parent that died holding the lock may have just started a server that has not yet said so.
  const amidStart = parseInt(read(lock), 10) === parseInt(holder.slice(holder.lastIndexOf('/') + 1), 10);
  fs.writeFileSync(mine, identify(process.pid));
  while (!attempt(() => (fs.linkSync(mine, lock), true), false)) {
    if (!fs.existsSync(mine)) return;
    breakStaleLock();
    pause(50);
  }
  fs.rmSync(mine, { force: true });
  fs.rmSync(holder, { force: true });
  const others = fs.readdirSync(home + '/holders').map((name) => home + '/holders/' + name);
  for (const other of others) if (isStale(other)) fs.rmSync(other, { force: true });
  if (!others.some((other) => fs.existsSync(other))) stopServer(amidStart ? 2000 : 0);
  fs.rmSync(lock, { force: true });
});
`;

/**
 * Starts the watchdog of a lease. It runs in a session of its own, out of reach of Ctrl-C in the terminal, and
 * neither it nor the pipe keeps this process alive.
 *
 * @returns ends it, to be called once the lease file is removed
 */
export function startWatchdog(home: string, holder: string): () => void {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['-e', SCRIPT, home, holder], {
    cwd: '/',
    detached: true,
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it, only a killed parent is not cleaned up after; the next start then finds and adopts the server.
  child.on('error', () => undefined);
  child.unref();
  const pipe = child.stdin as Socket;
  pipe.on('error', () => undefined);
  pipe.unref();
  return () => pipe.end();
}
