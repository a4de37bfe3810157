import { type WebSocket } from 'ws';
import { BUDGETS } from '../../core/config/budgets.js';
import { type NotificationFrame } from '../notifications.queries.js';
import { type AuthenticatedToken } from '../../auth/access-tokens/token-authenticator.service.js';
import { parseCommand, type ClientCommand, type Topic } from './client-command.js';
import { PendingTasks } from './pending-tasks.js';
import { type TaskFrame, type TaskSubscriber } from './task-stream.service.js';

/** Notifications that may wait for a client that accepts none; then it is disconnected, and gets everything when it reconnects. */
const MAX_WAITING = 1000;
/** Notifications that may wait for a client that accepts them one by one: those of a large change come faster than any line takes them. */
const MAX_WAITING_FOR_READER = 10_000;
/** Time after which a client that accepted nothing counts as one that does not read. */
const UNREAD_MS = 10_000;
/** As many as may wait, since announcements of what was sent may come as late. */
const MAX_REMEMBERED = MAX_WAITING_FOR_READER;
/** As many as a user may send in a minute by default, so that a page may mark hundreds in one step. */
const MAX_COMMANDS = BUDGETS.frames.share;
/** Limit of frames that arrive before earlier ones are counted: a packet holds 10,000 frames, which are read at once. */
const MAX_UNCOUNTED = BUDGETS.frames.share;
const CATCH_UP = 200;

/** Close codes of a socket: 4001 of the contract, the others of RFC 6455. */
export const CLOSE = { signedOut: 4001, goingAway: 1001, tooMuch: 1008, failed: 1011, tooSlow: 1013 } as const;

/** The interface of a connection to delivery. */
export interface DeliveryPort {
  /** Reads undelivered notifications of the user of a socket with ids above `afterId`, oldest first. */
  undelivered(socket: NotificationConnection, afterId: number, limit: number): Promise<NotificationFrame[]>;
  /** Announces notifications to all replicas, since other connections of their user may have missed them. */
  announce(frames: readonly NotificationFrame[]): void;
  /** Called when a frame was written. */
  markDelivered(id: number): void;
}

/** The interface of a connection to the execution of commands. */
export interface CommandPort {
  /** Counts frames of the client. @returns false where they exceed the share of its user */
  spendFrames(socket: NotificationConnection, frames: number): Promise<boolean>;
  /** Executes a command of the client. @returns the response, if any */
  answer(socket: NotificationConnection, query: ClientCommand): Promise<object | undefined>;
}

/**
 * One connection of one user. Sends each frame when the system has accepted the one before, so that a slow reader
 * takes bounded memory.
 */
export class NotificationConnection implements TaskSubscriber {
  readonly topics = new Set<Topic>();
  private readonly waiting = new Map<number, NotificationFrame>();
  private readonly tasks = new PendingTasks();
  private mustResync = false;
  private readonly sent = new Set<number>();
  private caughtUp = false;
  private sending = false;
  /** Time at which a notification was last accepted, or at which the first waiting one was queued. */
  private acceptedAt = 0;
  private commands = 0;
  /** True once `close` or `terminate` was called: waiting commands are dropped then. They are executed where the client leaves. */
  private isEnded = false;
  private uncounted = 0;
  private counting = false;
  private asked: Promise<void> = Promise.resolve();
  private ponged = true;

  constructor(
    private readonly socket: WebSocket,
    readonly bearer: AuthenticatedToken,
    private readonly post: DeliveryPort,
    private readonly commandPort: CommandPort,
  ) {
    socket.on('pong', () => (this.ponged = true));
    socket.on('ping', () => this.count());
    socket.on('message', (data, isBinary) => {
      this.count();
      // A closing socket still delivers earlier frames of its client.
      if (!this.isOpen) return;
      const ask = isBinary ? undefined : parseCommand(String(data));
      if (ask) this.handleCommand(ask);
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get userId(): number {
    return this.bearer.actor.id;
  }

  /** Sends undelivered notifications in batches, oldest first, then those that arrived in between. */
  async start(): Promise<void> {
    for (let frames: NotificationFrame[] = [], afterId = 0; ; afterId = frames.at(-1)?.id ?? afterId) {
      frames = await this.post.undelivered(this, afterId, CATCH_UP);
      for (const frame of frames) await this.send(frame);
      if (frames.length > 0) this.post.announce(frames);
      if (frames.length < CATCH_UP) break;
    }
    this.caughtUp = true;
    await this.sendWaiting();
  }

  /** Queues a frame, unless it waits already or was sent on this connection before: then only its mark was lost. */
  offer(frame: NotificationFrame): void {
    if (this.waiting.has(frame.id)) return;
    if (this.sent.has(frame.id)) return this.post.markDelivered(frame.id);
    if (this.waiting.size === 0) this.acceptedAt = performance.now();
    if (this.isTooSlow) return this.close(CLOSE.tooSlow, 'too slow');
    this.waiting.set(frame.id, frame);
    this.flush();
  }

  /** Queues a change of a task; where too many wait, one frame replaces them. */
  offerTask(frame: TaskFrame): void {
    if (!this.tasks.add(frame)) return this.requestResync();
    this.flush();
  }

  /** Queues one frame that replaces all changes of tasks that wait, since others were lost. */
  requestResync(): void {
    this.tasks.clear();
    this.mustResync = true;
    this.flush();
  }

  /** Drops changes of tasks that wait, after the end of the subscription. */
  clearTasks(): void {
    this.tasks.clear();
    this.mustResync = false;
  }

  /** Forgets the ids that were sent or wait, since they may belong to other notifications now. */
  resetDelivery(): void {
    this.sent.clear();
    this.waiting.clear();
  }

  /** Pings the client, or disconnects it where it did not answer the ping before. */
  ping(): void {
    if (this.ponged) return this.sendPing();
    // After a pause of this process, the answer has arrived but is not read yet.
    setImmediate(() => (this.ponged ? this.sendPing() : this.terminate()));
  }

  close(code: number, reason: string): void {
    this.isEnded = true;
    this.waiting.clear();
    this.clearTasks();
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.isEnded = true;
    this.socket.terminate();
  }

  private sendPing(): void {
    this.ponged = false;
    this.socket.ping();
  }

  /** Counts every frame, also malformed ones, since reading them is the cost; closes at once where too many wait for that. */
  private count(): void {
    this.uncounted++;
    if (!this.counting) void this.spendUncounted();
    if (this.isOpen && this.uncounted > MAX_UNCOUNTED) this.close(CLOSE.tooMuch, 'too many messages');
  }

  /** Counts the frames that arrive in the meantime together, since each count may be a message to Redis or to the primary. */
  private async spendUncounted(): Promise<void> {
    this.counting = true;
    for (let frames = this.uncounted; frames > 0; frames = this.uncounted) {
      const allowed = await this.commandPort.spendFrames(this, frames);
      this.uncounted -= frames;
      if (!allowed) this.close(CLOSE.tooMuch, 'too many messages');
    }
    this.counting = false;
  }

  /** A failure means a broken connection, whose `close` event ends it. */
  private flush(): void {
    void this.sendWaiting().catch(() => undefined);
  }

  private async sendWaiting(): Promise<void> {
    if (this.sending || !this.caughtUp) return;
    this.sending = true;
    try {
      // The check that ends the loop is synchronous: a frame offered after it finds `sending` false and is sent at once.
      for (let next = this.sendNext(); next; next = this.sendNext()) await next;
    } finally {
      this.sending = false;
    }
  }

  /** Notifications go first. @returns undefined where nothing waits */
  private sendNext(): Promise<void> | undefined {
    const [notification] = this.waiting.values();
    if (notification) return this.send(notification);
    const frame = this.nextOfTopics();
    return frame && this.write(JSON.stringify(frame));
  }

  private nextOfTopics(): object | undefined {
    if (!this.mustResync) return this.tasks.shift();
    this.mustResync = false;
    return { type: 'resync', topics: [...this.topics] };
  }

  private get isTooSlow(): boolean {
    if (this.waiting.size < MAX_WAITING) return false;
    return this.waiting.size >= MAX_WAITING_FOR_READER || performance.now() - this.acceptedAt > UNREAD_MS;
  }

  private async send({ id, json }: NotificationFrame): Promise<void> {
    this.waiting.delete(id);
    if (this.sent.has(id)) return;
    await this.write(json);
    this.acceptedAt = performance.now();
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

  /** Executes commands one after the other; disconnects a client with more than `MAX_COMMANDS` unfinished ones. */
  private handleCommand(query: ClientCommand): void {
    if (++this.commands > MAX_COMMANDS) return this.close(CLOSE.tooMuch, 'too many requests at once');
    this.asked = this.asked.then(async () => {
      if (this.isEnded) return;
      const answer = await this.commandPort.answer(this, query);
      if (answer) await this.write(JSON.stringify(answer)).catch(() => undefined);
      this.commands--;
    });
  }
}
