import { type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 10_000;

/**
 * Watches what a server is answering.
 *
 * @returns takes no more connections, and waits until everything is answered, for ten seconds at most
 */
export function watchAnswers(server: Server): () => Promise<void> {
  const answering = new Set<ServerResponse>();
  let stopping = false;
  server.prependListener('request', (_request, response: ServerResponse) => {
    answering.add(response);
    if (stopping) response.shouldKeepAlive = false;
    response.once('close', () => answering.delete(response));
  });
  return async () => {
    stopping = true;
    // Otherwise clients that keep their connections would keep the server.
    answering.forEach((response) => (response.shouldKeepAlive = false));
    server.close();
    for (const end = Date.now() + PATIENCE_MS; answering.size > 0 && Date.now() < end;) await sleep(10);
  };
}
