import { type WebSocket } from 'ws';
import { type NotificationFrame } from '../notifications.queries.js';
import { type AuthenticatedToken } from '../../auth/access-tokens/token-authenticator.service.js';

/** Limit beyond which a client that does not read is disconnected; it gets everything when it reconnects. */
const MAX_WAITING = 1000;
const MAX_REMEMBERED = 2000;
const MAX_COMMANDS = 50;
const CATCH_UP = 200;

/** Close codes of a socket: 4001 of the contract, the others of RFC 6455. */
export const CLOSE = { signedOut: 4001, goingAway: 1001, tooMuch: 1008, failed: 1011, tooSlow: 1013 } as const;

/** The commands that a client sends over its socket. */
export type ClientCommand =
  { readonly action: 'mark_read'; readonly id: number } | { readonly action: 'mark_all_read' };

/** The interface of a connection to delivery. */
export interface DeliveryPort {
  /** Reads undelivered notifications of a user with ids above `behind`, oldest first. */
  undelivered(userId: number, behind: number, limit: number): Promise<NotificationFrame[]>;
  /** Counts a frame of the client. @returns false where it exceeds the share of its user */
  spendFrame(socket: NotificationConnection): Promise<boolean>;
  /** Called when a frame was written. */
  markDelivered(id: number): void;
  /** Executes a command of the client. @returns the response, if any */
  answer(socket: NotificationConnection, query: ClientCommand): Promise<object | undefined>;
}

/**
 * One connection of one user. Sends each frame when the system has accepted the one before, so that a slow reader
 * takes no more memory than `MAX_WAITING` frames.
 */
export class NotificationConnection {
  private readonly waiting: NotificationFrame[] = [];
  private readonly sent = new Set<number>();
  private caughtUp = false;
  private sending = false;
  private commands = 0;
  private asked: Promise<void> = Promise.resolve();
  private ponged = true;

  constructor(
    private readonly socket: WebSocket,
    readonly bearer: AuthenticatedToken,
    private readonly post: DeliveryPort,
  ) {
    socket.on('pong', () => (this.ponged = true));
    socket.on('ping', () => this.count());
    socket.on('message', (data, isBinary) => {
      // A closing socket still delivers earlier frames of its client.
      if (socket.readyState !== socket.OPEN) return;
      this.count();
      const ask = isBinary ? undefined : commandIn(String(data));
      if (ask) this.handleCommand(ask);
    });
  }

  get userId(): number {
    return this.bearer.actor.id;
  }

  /** Sends undelivered notifications in batches, oldest first, then those that arrived in between. */
  async start(): Promise<void> {
    for (let frames: NotificationFrame[] = [], behind = 0; ; behind = frames.at(-1)?.id ?? behind) {
      frames = await this.post.undelivered(this.userId, behind, CATCH_UP);
      for (const frame of frames) await this.send(frame);
      if (frames.length < CATCH_UP) break;
    }
    this.caughtUp = true;
    await this.sendWaiting();
  }

  /** Queues a frame, unless it was sent on this connection before. */
  offer(frame: NotificationFrame): void {
    if (this.sent.has(frame.id)) return;
    if (this.waiting.length >= MAX_WAITING) return this.close(CLOSE.tooSlow, 'too slow');
    this.waiting.push(frame);
    // A failure means a broken connection, whose `close` event ends it.
    void this.sendWaiting().catch(() => undefined);
  }

  /** Forgets the ids that were sent, so that they are sent again. */
  resetDelivery(): void {
    this.sent.clear();
  }

  /** Pings the client, or disconnects it where it did not answer the ping before. */
  ping(): void {
    if (!this.ponged) return this.socket.terminate();
    this.ponged = false;
    this.socket.ping();
  }

  close(code: number, reason: string): void {
    this.waiting.length = 0;
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  /** Counts every frame, also malformed ones, since reading them is the cost. */
  private count(): void {
    void this.post.spendFrame(this).then((allowed) => {
      if (!allowed) this.close(CLOSE.tooMuch, 'too many messages');
    });
  }

  private async sendWaiting(): Promise<void> {
    if (this.sending || !this.caughtUp) return;
    this.sending = true;
    try {
      for (let frame = this.waiting.shift(); frame; frame = this.waiting.shift()) await this.send(frame);
    } finally {
      this.sending = false;
    }
  }

  private async send({ id, json }: NotificationFrame): Promise<void> {
    if (this.sent.has(id)) return;
    await this.write(json);
    this.remember(id);
    this.post.markDelivered(id);
  }

  private remember(id: number): void {
    const [oldest] = this.sent;
    if (oldest !== undefined && this.sent.size >= MAX_REMEMBERED) this.sent.delete(oldest);
    this.sent.add(id);
  }

  private write(text: string): Promise<void> {
    return new Promise((resolve, reject) => this.socket.send(text, (error) => (error ? reject(error) : resolve())));
  }

  /** Executes commands one after the other; disconnects a client that sends them faster. */
  private handleCommand(query: ClientCommand): void {
    if (++this.commands > MAX_COMMANDS) return this.close(CLOSE.tooMuch, 'too many requests at once');
    this.asked = this.asked.then(async () => {
      const answer = await this.post.answer(this, query);
      if (answer) await this.write(JSON.stringify(answer)).catch(() => undefined);
      this.commands--;
    });
  }
}

/** @returns undefined for a malformed frame or an unknown command, which is ignored */
function commandIn(text: string): ClientCommand | undefined {
  const frame = parsed(text);
  if (frame?.action === 'mark_all_read') return { action: 'mark_all_read' };
  const id = frame?.notification_id;
  const known =
    frame?.action === 'mark_read' && Number.isSafeInteger(id) && Number(id) > 0 && Number(id) <= 2 ** 31 - 1;
  return known ? { action: 'mark_read', id: Number(id) } : undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
