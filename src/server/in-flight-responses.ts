import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { onResponseClosed } from '../core/http/response-closed.js';

/** Tracks the responses that a server has not finished. */
export class InFlightResponses {
  private readonly inFlight = new Set<ServerResponse>();
  private stopping = false;

  constructor(private readonly server: Server) {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.inFlight.add(response);
      if (this.stopping) response.shouldKeepAlive = false;
      onResponseClosed(request, response, () => this.inFlight.delete(response));
    });
  }

  get count(): number {
    return this.inFlight.size;
  }

  /** Stops accepting connections, and ends keep-alive of the open ones, which would keep the server running. */
  stopAccepting(): void {
    this.stopping = true;
    this.inFlight.forEach((response) => (response.shouldKeepAlive = false));
    this.server.close();
  }

  /** Resolves when every response is finished, or after the timeout. */
  async drained(timeoutMs: number): Promise<void> {
    for (const end = performance.now() + timeoutMs; this.count > 0 && performance.now() < end;) await sleep(10);
  }
}
