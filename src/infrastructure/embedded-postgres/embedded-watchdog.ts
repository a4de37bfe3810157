import { spawn } from 'node:child_process';
import { type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./watchdog-process.mjs', import.meta.url));

/**
 * Starts the watchdog of a lease. It runs in a session of its own, out of reach of Ctrl-C in the terminal, and
 * neither it nor the pipe keeps this process alive.
 *
 * @returns ends it, to be called once the lease file is removed
 */
export function startWatchdog(home: string, holder: string): () => void {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [script, home, holder], {
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
