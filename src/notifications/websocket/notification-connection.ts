import { type WebSocket } from 'ws';
import { type NotificationFrame } from '../notifications.queries.js';
import { type AuthenticatedToken } from '../../auth/access-tokens/token-authenticator.service.js';

/** Beyond this a client that does not read is cut off: it finds everything again when it comes back. */
const MAX_WAITING = 1000;
const MAX_REMEMBERED = 2000;
const MAX_COMMANDS = 50;
const CATCH_UP = 200;

/** Codes with which a socket closes; 4001 is the contract's, the others are those of RFC 6455. */
export const CLOSE = { signedOut: 4001, goingAway: 1001, tooMuch: 1008, failed: 1011, tooSlow: 1013 } as const;

/** What a client may ask over its socket. */
export type ClientCommand =
  { readonly action: 'mark_read'; readonly id: number } | { readonly action: 'mark_all_read' };

/** What a socket needs of the rest. */
export interface DeliveryPort {
  /** What its user has not been sent yet, behind an id, oldest first. */
  undelivered(userId: number, behind: number, limit: number): Promise<NotificationFrame[]>;
  /** Counts a frame that the client sent. @returns whether it is within the share of its user */
  spendFrame(socket: NotificationConnection): Promise<boolean>;
  /** A frame was written. */
  markDelivered(id: number): void;
  /** Does what the client asks. @returns the answer; undefined for none */
  answer(socket: NotificationConnection, query: ClientCommand): Promise<object | undefined>;
}

/**
 * One connection of one user. Frames go out one after the other, each when the one before was handed to the system, so
 * that a client that reads slowly costs no more memory than the ids and texts of `MAX_WAITING` frames.
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
      // A socket that is being closed still delivers what its client had sent.
      if (socket.readyState !== socket.OPEN) return;
      this.count();
      const ask = isBinary ? undefined : commandIn(String(data));
      if (ask) this.handleCommand(ask);
    });
  }

  get userId(): number {
    return this.bearer.actor.id;
  }

  /** Sends what is undelivered, oldest first, a batch at a time; then what came meanwhile. */
  async start(): Promise<void> {
    for (let frames: NotificationFrame[] = [], behind = 0; ; behind = frames.at(-1)?.id ?? behind) {
      frames = await this.post.undelivered(this.userId, behind, CATCH_UP);
      for (const frame of frames) await this.send(frame);
      if (frames.length < CATCH_UP) break;
    }
    this.caughtUp = true;
    await this.sendWaiting();
  }

  /** Takes a frame to be sent, unless it was sent here before. */
  offer(frame: NotificationFrame): void {
    if (this.sent.has(frame.id)) return;
    if (this.waiting.length >= MAX_WAITING) return this.close(CLOSE.tooSlow, 'too slow');
    this.waiting.push(frame);
    // What fails here is a connection that broke, and its end is seen elsewhere.
    void this.sendWaiting().catch(() => undefined);
  }

  /** Whatever is offered next is sent, also under an id that was sent before. */
  resetDelivery(): void {
    this.sent.clear();
  }

  /** Asks whether the other side is still there; cuts it off where it did not answer the last time. */
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

  /** Every frame counts, broken ones too: reading them is what costs. */
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

  /** One ask after the other; a client that asks faster than it is answered is cut off. */
  private handleCommand(query: ClientCommand): void {
    if (++this.commands > MAX_COMMANDS) return this.close(CLOSE.tooMuch, 'too many requests at once');
    this.asked = this.asked.then(async () => {
      const answer = await this.post.answer(this, query);
      if (answer) await this.write(JSON.stringify(answer)).catch(() => undefined);
      this.commands--;
    });
  }
}

/** Frames that are broken, or ask for nothing that is known, are ignored. */
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
