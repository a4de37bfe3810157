import { type WebSocket } from 'ws';
import { type Frame } from '../notifications.queries.js';
import { type Bearer } from '../../auth/access-tokens/token-authenticator.js';

/** Beyond this a client that does not read is cut off: it finds everything again when it comes back. */
const MAX_WAITING = 1000;
const MAX_REMEMBERED = 2000;
const MAX_ASKS = 50;
const CATCH_UP = 200;

/** Codes with which a socket closes; 4001 is the contract's, the others are those of RFC 6455. */
export const CLOSE = { signedOut: 4001, goingAway: 1001, tooMuch: 1008, failed: 1011, tooSlow: 1013 } as const;

/** What a client may ask over its socket. */
export type Ask = { readonly action: 'mark_read'; readonly id: number } | { readonly action: 'mark_all_read' };

/** What a socket needs of the rest. */
export interface Post {
  /** What its user has not been sent yet, behind an id, oldest first. */
  undelivered(userId: number, behind: number, limit: number): Promise<Frame[]>;
  /** Counts a frame that the client sent. @returns whether it is within the share of its user */
  spendFrame(socket: LiveSocket): Promise<boolean>;
  /** A frame was written. */
  written(id: number): void;
  /** Does what the client asks. @returns the answer; undefined for none */
  answer(socket: LiveSocket, ask: Ask): Promise<object | undefined>;
}

/**
 * One connection of one user. Frames go out one after the other, each when the one before was handed to the system, so
 * that a client that reads slowly costs no more memory than the ids and texts of `MAX_WAITING` frames.
 */
export class LiveSocket {
  private readonly waiting: Frame[] = [];
  private readonly sent = new Set<number>();
  private caughtUp = false;
  private sending = false;
  private asks = 0;
  private asked: Promise<void> = Promise.resolve();
  private ponged = true;

  constructor(
    private readonly socket: WebSocket,
    readonly bearer: Bearer,
    private readonly post: Post,
  ) {
    socket.on('pong', () => (this.ponged = true));
    socket.on('ping', () => this.count());
    socket.on('message', (data, isBinary) => {
      // A socket that is being closed still delivers what its client had sent.
      if (socket.readyState !== socket.OPEN) return;
      this.count();
      const ask = isBinary ? undefined : askIn(String(data));
      if (ask) this.take(ask);
    });
  }

  get userId(): number {
    return this.bearer.actor.id;
  }

  /** Sends what is undelivered, oldest first, a batch at a time; then what came meanwhile. */
  async start(): Promise<void> {
    for (let frames: Frame[] = [], behind = 0; ; behind = frames.at(-1)?.id ?? behind) {
      frames = await this.post.undelivered(this.userId, behind, CATCH_UP);
      for (const frame of frames) await this.send(frame);
      if (frames.length < CATCH_UP) break;
    }
    this.caughtUp = true;
    await this.sendWaiting();
  }

  /** Takes a frame to be sent, unless it was sent here before. */
  offer(frame: Frame): void {
    if (this.sent.has(frame.id)) return;
    if (this.waiting.length >= MAX_WAITING) return this.close(CLOSE.tooSlow, 'too slow');
    this.waiting.push(frame);
    // What fails here is a connection that broke, and its end is seen elsewhere.
    void this.sendWaiting().catch(() => undefined);
  }

  /** Whatever is offered next is sent, also under an id that was sent before. */
  forgetSent(): void {
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

  private async send({ id, json }: Frame): Promise<void> {
    if (this.sent.has(id)) return;
    await this.write(json);
    this.remember(id);
    this.post.written(id);
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
  private take(ask: Ask): void {
    if (++this.asks > MAX_ASKS) return this.close(CLOSE.tooMuch, 'too many requests at once');
    this.asked = this.asked.then(async () => {
      const answer = await this.post.answer(this, ask);
      if (answer) await this.write(JSON.stringify(answer)).catch(() => undefined);
      this.asks--;
    });
  }
}

/** Frames that are broken, or ask for nothing that is known, are ignored. */
function askIn(text: string): Ask | undefined {
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
