import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identity, serverEnvironment } from './embedded-binaries.js';
import { isPostgres, read, runningServer, type Running } from './embedded-lease.mjs';
import { type EmbeddedLayout } from './embedded-layout.js';
import { commandLine } from './process-lock.mjs';

const MAX_LOG = 10 * 1024 * 1024;
/**
 * Errors that pass: after a crash the last backends of the killed server hold its memory for a moment, or another
 * process took the port.
 */
const TRANSIENT_ERROR = /in use|already exists|could not bind|could not create any/;
const START_RETRY_MS = 10_000;

/**
 * Server settings. Values of statements are patients' data and do not belong in a log; terse omits the details that
 * quote rows.
 */
const SETTINGS = {
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

/**
 * Starts the server and waits until it accepts connections, for as long as it needs to replay the log of a crash.
 *
 * @throws Error with the end of the server's log
 */
export async function startServer(layout: EmbeddedLayout, settings: Record<string, string>): Promise<Running> {
  for (const began = performance.now(); ; await sleep(250)) {
    const log = openLog(layout);
    removeForeignPid(layout.cluster);
    const port = await choosePort(layout.home);
    const child = launch(layout, port, log.descriptor, settings);
    const running = await ready(layout, child);
    if (running) return running;
    const retryMs = TRANSIENT_ERROR.test(log.tail()) ? START_RETRY_MS : 0;
    if (performance.now() >= began + retryMs)
      throw new Error(`PostgreSQL did not start. The end of its log:\n${log.tail()}`);
  }
}

function launch(layout: EmbeddedLayout, port: number, log: number, settings: Record<string, string>): ChildProcess {
  const { home, cluster, binaries, user } = layout;
  const parameters = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const address = ['-k', '', '-c', 'listen_addresses=127.0.0.1', '-p', String(port)];
  // A session of its own: Ctrl-C in the terminal reaches this process only, which then stops the server in order.
  const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', cluster, ...address, ...parameters], {
    cwd: home,
    detached: true,
    env: serverEnvironment(),
    stdio: ['ignore', log, log],
    ...identity(user),
  });
  child.on('error', (error) => fs.appendFileSync(join(home, 'server.log'), `${error.message}\n`));
  child.unref();
  fs.closeSync(log);
  return child;
}

async function ready(layout: EmbeddedLayout, child: ChildProcess): Promise<Running | undefined> {
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const running = runningServer(layout.cluster);
    if (running?.ready && running.pid === child.pid) return running;
    await sleep(10);
  }
  return undefined;
}

/**
 * Removes the pid file of a foreign process. The server cleans up after a dead process itself, but takes any live one
 * of its user for a server; in a restarted container the old pid is soon another process's.
 */
function removeForeignPid(cluster: string): void {
  const file = join(cluster, 'postmaster.pid');
  const pid = parseInt(read(file), 10);
  const command = pid > 0 ? commandLine(pid) : '';
  if (command !== '' && !isPostgres(command)) fs.rmSync(file, { force: true });
}

function openLog({ home, user }: EmbeddedLayout): { descriptor: number; tail: () => string } {
  const file = join(home, 'server.log');
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG) fs.renameSync(file, `${file}.1`);
  const start = size > MAX_LOG ? 0 : size;
  const descriptor = fs.openSync(file, 'a', 0o600);
  if (user) fs.fchownSync(descriptor, user.uid, user.gid);
  return {
    descriptor,
    tail: () => fs.readFileSync(file).subarray(start).toString().trim().split('\n').slice(-15).join('\n'),
  };
}

/** Returns the previous port, so that URLs in tools stay valid, or else any free one. */
async function choosePort(home: string): Promise<number> {
  const file = join(home, 'port');
  const last = Number(read(file));
  const port = (await freePort(last)) ?? (await freePort(0));
  if (!port) throw new Error('There is no free port on 127.0.0.1 for PostgreSQL.');
  if (port === last) return port;
  // Replaced, since the old file may belong to root.
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, String(port));
  return port;
}

function freePort(requested: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port: requested, host: '127.0.0.1', exclusive: true }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
