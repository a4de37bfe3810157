import { runningServer } from './embedded-lease.mjs';
import { type EmbeddedLayout } from './embedded-layout.js';

const CHECK_MS = 1000;

/**
 * Restarts the server when it ended while this process holds a lease, as after a crash.
 *
 * @param start called when no server runs; has no effect where another process was faster
 * @returns stops the supervision, and awaits a pending start
 */
export function supervise(
  layout: EmbeddedLayout,
  start: () => Promise<void>,
  log: (line: string) => void,
): () => Promise<void> {
  let starting: Promise<void> | undefined;
  const restart = async () => {
    log(`PostgreSQL has ended, see ${layout.home}/server.log; starting it again`);
    await start().catch((error: unknown) => log((error as Error).message));
    starting = undefined;
  };
  const check = () => {
    if (!starting && !runningServer(layout.cluster)) starting = restart();
  };
  const timer = setInterval(check, CHECK_MS).unref();
  return async () => {
    clearInterval(timer);
    await starting;
  };
}
