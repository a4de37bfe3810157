import { runningServer } from './embedded-server.js';
import { type EmbeddedLayout } from './embedded-layout.js';

const EVERY_MS = 1000;

/**
 * Starts the server again when it ended while this process holds it, as after a crash: nobody else would.
 *
 * @param start called when no server is there; does nothing where another process was faster
 * @returns ends the supervision, and waits for a start that is under way
 */
export function supervise(
  place: EmbeddedLayout,
  start: () => Promise<void>,
  log: (line: string) => void,
): () => Promise<void> {
  let starting: Promise<void> | undefined;
  const restart = async () => {
    log(`PostgreSQL has ended, see ${place.home}/server.log; starting it again`);
    await start().catch((error: unknown) => log((error as Error).message));
    starting = undefined;
  };
  const look = () => {
    if (!starting && !runningServer(place)) starting = restart();
  };
  const timer = setInterval(look, EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await starting;
  };
}
