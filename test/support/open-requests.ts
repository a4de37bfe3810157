import { Agent, request } from 'node:http';

export interface Answered {
  readonly status: number;
  readonly retryAfter: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly timing: string | undefined;
  readonly instance: string | undefined;
}

/** Sends many requests at once, each on a connection of its own. */
export class OpenRequests {
  private readonly agent = new Agent({ keepAlive: false, maxSockets: Infinity });

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  get(path: string, more: Record<string, string> = {}): Promise<Answered> {
    const headers = { Authorization: `Bearer ${this.token}`, ...more };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.url), { agent: this.agent, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += String(chunk)));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: Number(response.headers['retry-after'] ?? 0),
            code: /"code":"(\w+)"/.exec(text)?.[1],
            requestId: response.headers['x-request-id'] as string | undefined,
            timing: response.headers['server-timing'] as string | undefined,
            instance: /"instance":"([^"]+)"/.exec(text)?.[1],
          }),
        );
      });
      sent.on('error', reject).end();
    });
  }
}
