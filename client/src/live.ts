import { Heartbeat } from './heartbeat.js';
import { isProblem } from './problem-error.js';

export type Topic = 'tasks';

/** The kinds of notifications of the product; an extension of it adds others. */
export type NotificationType =
  'status_change' | 'deadline_warning' | 'task_assigned' | 'task_unassigned' | 'priority_escalated';

/** A notification of the signed-in user. */
export interface LiveNotification {
  readonly id: number;
  readonly message: string;
  /** One of `NotificationType`, or a kind of an extension: treat one that you do not know as a text for the user. */
  // An intersection, so that editors still propose the known ones.
  readonly notification_type: NotificationType | (string & {});
  /** Null for a kind of an extension, which is about another record. */
  readonly task_id: number | null;
  readonly created_at: string;
  readonly read: boolean;
}

/** A change of a task. `hidden`: it left what the user may see. */
export type TaskChange =
  | { readonly change: 'created' | 'updated' | 'deleted'; readonly task_id: number; readonly version: number }
  | { readonly change: 'hidden'; readonly task_id: number; readonly version?: undefined };

/** The events of a live connection by name. */
export interface LiveEvents {
  notification: LiveNotification;
  task: TaskChange;
  /** The topics are subscribed: what changes from now on is sent. */
  subscribed: { readonly topics: readonly Topic[] };
  /**
   * Changes may have been missed, also while the connection was lost; too many tasks changed at once; or the tasks that the user may
   * see have changed: read your lists again.
   */
  resync: { readonly topics: readonly Topic[] };
  /** The connection was lost. `final`: the session has ended, or `close` was called; there will be no other. */
  disconnected: { readonly code: number; readonly reason: string; readonly final: boolean };
}

/** A `WebSocket`; pass a class of them where the platform has none (Node 20: `ws`). */
export interface SocketLike {
  send(text: string): void;
  close(code?: number): void;
}

/** The events of every `WebSocket`, which the DOM, Node and `ws` declare in ways that no common type covers. */
interface SocketEvents {
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: { data?: unknown; code?: number; reason?: string }) => void,
  ): void;
}

/** Opens authenticated sockets of a session. */
export interface SocketOpener {
  /** False once the session has ended, or another one has begun. */
  isCurrent(): boolean;
  /** Gets the address of a socket, with a ticket. @throws ProblemError */
  address(): Promise<string>;
  open(address: string): SocketLike;
}

type Handler<K extends keyof LiveEvents> = (event: LiveEvents[K]) => void;
type Frame = { readonly type: string } & Record<string, unknown>;

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
/** Age from which on a lost connection counts as one that worked. */
const STABLE_MS = 10_000;
/** Time for which changes of tasks are gathered. */
const GATHER_MS = 100;
/** More changes in that time, as of a bulk change, are one `resync`: to read each task would use up the requests of a minute. */
const MAX_CHANGES = 50;
/** Time without a further change that ends a burst, which arrives in portions, and how often it is waited for. */
const QUIET_MS = 300;
const MAX_PORTIONS = 10;
/** Time within which a `close` follows a failed handshake, if one does. */
const CLOSE_MS = 100;
/** Close code of a server to which the user has too many connections, or sends too much: at once, the next one would fare alike. */
const TOO_MUCH = 1008;

/**
 * Live notifications and changes of tasks. Reconnects with growing, random pauses, each time with a fresh ticket of a fresh
 * token, until the session ends or `close` is called. A connection that carries nothing any more counts as lost.
 */
export class Live {
  private readonly handlers: { [K in keyof LiveEvents]?: Set<Handler<K>> } = {};
  private socket: SocketLike | undefined;
  private heartbeat: Heartbeat | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private changes: TaskChange[] = [];
  private attempts = 0;
  private openedAt = 0;
  private wasSubscribed = false;
  private closed = false;

  constructor(
    private readonly opener: SocketOpener,
    private readonly topics: readonly Topic[],
  ) {
    void this.connect();
  }

  /** Calls `handler` for each event of a kind. @returns a function that ends this */
  on<K extends keyof LiveEvents>(kind: K, handler: Handler<K>): () => void {
    const handlers: Set<Handler<K>> = this.handlers[kind] ?? new Set();
    Object.assign(this.handlers, { [kind]: handlers.add(handler) });
    return () => void handlers.delete(handler);
  }

  /** Ends the connection for good. */
  close(): void {
    if (this.closed) return;
    this.end(1000, 'closed');
    this.socket?.close(1000);
  }

  private emit<K extends keyof LiveEvents>(kind: K, event: LiveEvents[K]): void {
    this.handlers[kind]?.forEach((handler) => handler(event));
  }

  private async connect(): Promise<void> {
    if (this.endedWithSession()) return;
    try {
      const address = await this.opener.address();
      // Before there is a socket: closing one that still connects is an error, which ends a process of Node.
      if (this.endedWithSession()) return;
      this.attach(this.opener.open(address));
    } catch (error) {
      if (this.closed) return;
      if (isProblem(error) && [401, 403].includes(error.status)) this.end(4001, error.code);
      else this.reconnect(1006, 'unreachable');
    }
  }

  private attach(socket: SocketLike): void {
    this.socket = socket;
    const events = socket as SocketLike & SocketEvents;
    let ended = false;
    const onEnd = ({ code = 1006, reason = '' }) => {
      if (ended) return;
      ended = true;
      heartbeat.stop();
      this.reconnect(code, reason);
    };
    const heartbeat = new Heartbeat(socket, () => {
      // The `close` event may take minutes where nothing is forwarded.
      try {
        onEnd({ reason: 'no answer' });
      } finally {
        socket.close();
      }
    });
    this.heartbeat = heartbeat;
    events.addEventListener('open', () => {
      if (ended) return;
      heartbeat.heard();
      this.openedAt = Date.now();
      if (this.topics.length > 0) socket.send(JSON.stringify({ action: 'subscribe', topics: this.topics }));
    });
    events.addEventListener('message', ({ data }) => {
      if (ended) return;
      heartbeat.heard();
      if (!this.endedWithSession()) this.receive(JSON.parse(String(data)) as Frame);
    });
    events.addEventListener('close', onEnd);
    // A `close` follows, which knows the code; but not in Node 22 where the handshake failed.
    events.addEventListener('error', () => this.openedAt === 0 && setTimeout(onEnd, CLOSE_MS, {}));
  }

  private receive({ type, ...frame }: Frame): void {
    if (type === 'notification') this.emit('notification', frame.notification as LiveNotification);
    else if (type === 'task') this.gather(frame as unknown as TaskChange);
    else if (type === 'resync') this.resync(frame as unknown as LiveEvents['resync']);
    else if (type === 'subscribed') this.subscribed(frame as unknown as LiveEvents['subscribed']);
  }

  private gather(change: TaskChange): void {
    this.changes.push(change);
    this.gathering ??= setTimeout(() => this.emitGathered(), GATHER_MS);
  }

  /** @param before changes at the end of the portion before */
  private emitGathered(before = 0, portions = 0): void {
    const { changes } = this;
    if (changes.length > Math.max(MAX_CHANGES, before) && portions < MAX_PORTIONS) {
      this.gathering = setTimeout(() => this.emitGathered(changes.length, portions + 1), QUIET_MS);
      return;
    }
    this.gathering = undefined;
    this.changes = [];
    if (this.endedWithSession()) return;
    if (changes.length > MAX_CHANGES) return this.emit('resync', { topics: this.topics });
    // Each by itself: a handler may close the connection, end the session, or throw.
    for (const change of changes) queueMicrotask(() => !this.endedWithSession() && this.emit('task', change));
  }

  /** Drops gathered changes, since the client reads them with the lists. */
  private resync(event: LiveEvents['resync']): void {
    this.changes = [];
    this.emit('resync', event);
  }

  private subscribed(event: LiveEvents['subscribed']): void {
    this.emit('subscribed', event);
    if (this.wasSubscribed) this.resync(event);
    this.wasSubscribed = true;
  }

  private reconnect(code: number, reason: string): void {
    this.socket = undefined;
    if (this.endedWithSession()) return;
    if (this.openedAt > 0 && Date.now() - this.openedAt > STABLE_MS) this.attempts = 0;
    this.openedAt = 0;
    const growing = FIRST_PAUSE_MS * 2 ** this.attempts++;
    const longest = code === TOO_MUCH ? MAX_PAUSE_MS : Math.min(MAX_PAUSE_MS, growing);
    this.timer = setTimeout(() => void this.connect(), longest * (0.5 + Math.random() / 2));
    // Last: a handler may close the connection, or throw.
    this.emit('disconnected', { code, reason, final: false });
  }

  /** True where it is closed; ends with the session of its user, as it must not go on as the next one. */
  private endedWithSession(): boolean {
    if (this.closed || this.opener.isCurrent()) return this.closed;
    this.end(4001, 'session_ended');
    this.socket?.close(1000);
    return true;
  }

  private end(code: number, reason: string): void {
    this.closed = true;
    this.heartbeat?.stop();
    clearTimeout(this.timer);
    clearTimeout(this.gathering);
    this.emit('disconnected', { code, reason, final: true });
  }
}
