import { type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The requests that a server is answering. */
export class InFlightResponses {
  private readonly answering = new Set<ServerResponse>();
  private stopping = false;

  constructor(private readonly server: Server) {
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.answering.add(response);
      if (this.stopping) response.shouldKeepAlive = false;
      response.once('close', () => this.answering.delete(response));
    });
  }

  get count(): number {
    return this.answering.size;
  }

  /** Takes no more connections: those that clients keep would keep the server. */
  stopAccepting(): void {
    this.stopping = true;
    this.answering.forEach((response) => (response.shouldKeepAlive = false));
    this.server.close();
  }

  /** Resolves when everything is answered, or after that time. */
  async answered(patienceMs: number): Promise<void> {
    for (const end = Date.now() + patienceMs; this.count > 0 && Date.now() < end;) await sleep(10);
  }
}
