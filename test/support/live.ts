import { WebSocket } from 'ws';
import { type TestActor } from './actors.js';
import { type TestApp } from './app.js';
import { assertFrameDocumented } from './asyncapi.js';
import { waitFor } from './wait-for.js';

/** A frame that the server sent. */
export interface Sent {
  readonly type: string;
  readonly notification_id?: number;
  readonly notification?: { id: number; message: string; notification_type: string; task_id: number };
}

/** Makes an app reachable by sockets. @returns the address of `/ws/notifications/` */
export async function listening(app: TestApp): Promise<string> {
  await app.nest.listen(0, '127.0.0.1');
  return `${(await app.nest.getUrl()).replace('http', 'ws')}/ws/notifications/`;
}

/** A client of the live notifications, with everything that it was sent. */
export class LiveClient {
  readonly sent: Sent[] = [];
  readonly raw: string[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly opened: Promise<void>;

  constructor(url: string, headers: Record<string, string> = {}, options: object = {}) {
    this.socket = new WebSocket(url, { headers, ...options });
    this.socket.on('message', (data) => {
      const text = String(data as Buffer);
      this.raw.push(text);
      assertFrameDocumented(text);
      this.sent.push(JSON.parse(text) as Sent);
    });
    this.closed = new Promise((resolve) =>
      this.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
    );
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
    this.opened.catch(() => undefined);
  }

  static of(actor: TestActor, url: string): LiveClient {
    return new LiveClient(`${url}?token=${actor.token}`);
  }

  say(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Waits for the answer to what was asked. */
  async answered(): Promise<Sent | undefined> {
    const answer = () => this.sent.find(({ type }) => type !== 'notification');
    await waitFor(() => answer() !== undefined);
    return answer();
  }

  /** Waits until so many notifications have come, by default before a sweep repeats any. @returns their ids */
  async notified(count: number, ms = 5000): Promise<number[]> {
    const ids = () => this.sent.flatMap(({ notification }) => (notification ? [notification.id] : []));
    await waitFor(() => ids().length >= count, ms).catch((error: Error) => {
      error.message += `: ${ids().length} of ${count} came, the socket is in state ${this.socket.readyState}`;
      throw error;
    });
    return ids();
  }
}
