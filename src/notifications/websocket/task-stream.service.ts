import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { type Scope } from '../../core/authorization/policy.js';
import { ACCESS_CHANNEL } from '../../infrastructure/database/invalidated-cache.js';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { TokenAuthenticator, type AuthenticatedToken } from '../../auth/access-tokens/token-authenticator.service.js';
import { visibleTasks, type TaskAttributes } from '../../tasks/task.policy.js';
import { CHANGES_LOST, TASK_CHANGES } from './task-change.publisher.js';
import { decodeTaskChange, type TaskChange } from './task-change.js';
import { TaskStreamInterest } from './task-stream-interest.js';
import { scopeKey, TaskStreamQueries } from './task-stream.queries.js';

/** Changes and scopes that one statement judges. */
const BATCH = 1000;
const MAX_SCOPES = 500;
/** Pause between two statements: with hundreds of scopes, planning one takes 15 ms of the database. */
const GATHER_MS = 50;
/** Limit beyond which subscribers are asked to read again instead. */
const MAX_PENDING = 20_000;

/** Key in place of a scope's, of a user who sees nothing at present. */
const NOTHING = '';

/** Frame of the task stream. `hidden`: the task left what the user may see; such a frame has no version. */
export interface TaskFrame {
  readonly type: 'task';
  readonly change: TaskChange['change'] | 'hidden';
  readonly task_id: number;
  readonly version?: number;
}

/** A connection that subscribed to the task stream. */
export interface TaskSubscriber {
  readonly bearer: AuthenticatedToken;
  offerTask(frame: TaskFrame): void;
  /** Asks the client to read its tasks again. */
  requestResync(): void;
}

/** Subscribers with equal scopes, which are judged once. */
interface Audience {
  readonly scope: Scope<TaskAttributes>;
  readonly subscribers: TaskSubscriber[];
}

/**
 * Sends changes of tasks to the subscribers of this replica who may see the task at the time of delivery, and `hidden`
 * to those who could see it only before the change. Where changes may have been lost, subscribers are asked to read again.
 */
@Injectable()
export class TaskStream {
  private readonly logger = new Logger(TaskStream.name);
  /** With the key of the scope that each was last judged by. */
  private readonly subscribers = new Map<TaskSubscriber, string | undefined>();
  private readonly pending: TaskChange[] = [];
  private delivering = false;

  constructor(
    private readonly queries: TaskStreamQueries,
    private readonly authenticator: TokenAuthenticator,
    private readonly interest: TaskStreamInterest,
    notifyBus: PgNotifyBus,
  ) {
    notifyBus.subscribe(TASK_CHANGES, (items) => void this.receive(items));
    notifyBus.subscribe(ACCESS_CHANNEL, (items) => this.recheck(items));
    notifyBus.onReconnect(() => this.requestResync());
    interest.onAnnouncedLate(() => this.requestResync());
  }

  add(subscriber: TaskSubscriber): void {
    if (this.subscribers.has(subscriber)) return;
    this.subscribers.set(subscriber, undefined);
    this.interest.setLocal(true);
    void this.currentScope(subscriber);
  }

  remove(subscriber: TaskSubscriber): void {
    this.subscribers.delete(subscriber);
    this.interest.setLocal(this.subscribers.size > 0);
  }

  /** Delivers one batch after the other, so that changes of a task keep their order. */
  private async receive(items: readonly string[]): Promise<void> {
    if (this.subscribers.size === 0) return;
    if (items.includes(CHANGES_LOST) || this.pending.length > MAX_PENDING) this.requestResync();
    for (const item of items) this.pending.push(...[decodeTaskChange(item) ?? []].flat());
    if (this.delivering) return;
    this.delivering = true;
    while (this.pending.length > 0) {
      await this.deliver(this.pending.splice(0, BATCH));
      await sleep(GATHER_MS, undefined, { ref: false });
    }
    this.delivering = false;
  }

  private async deliver(changes: readonly TaskChange[]): Promise<void> {
    try {
      const audiences = await this.audiences();
      for (let first = 0; first < audiences.length; first += MAX_SCOPES)
        await this.deliverTo(audiences.slice(first, first + MAX_SCOPES), changes);
    } catch (error) {
      this.logger.warn({ msg: 'Changes of tasks could not be judged; subscribers read again', reason: String(error) });
      this.requestResync();
    }
  }

  private async deliverTo(audiences: readonly Audience[], changes: readonly TaskChange[]): Promise<void> {
    const scopes = audiences.map(({ scope }) => scope);
    for (const { change: position, now, before, deletedSince } of await this.queries.visibility(changes, scopes)) {
      const { taskId, change, version } = changes[position] as TaskChange;
      const offer = (scope: number, frame: TaskFrame) =>
        audiences[scope]?.subscribers.forEach((subscriber) => subscriber.offerTask(frame));
      const frame = { type: 'task', change, task_id: taskId, version } as const;
      if (!deletedSince) for (const scope of now) offer(scope, frame);
      const left = before.filter((scope) => !now.includes(scope));
      for (const scope of left) offer(scope, { type: 'task', change: 'hidden', task_id: taskId });
    }
  }

  /** Groups the subscribers by what they may see now. */
  private async audiences(): Promise<Audience[]> {
    const byScope = new Map<string, Audience>();
    for (const subscriber of [...this.subscribers.keys()]) {
      const scope = await this.currentScope(subscriber);
      if (!scope) continue;
      const key = scopeKey(scope);
      const audience = byScope.get(key) ?? { scope, subscribers: [] };
      audience.subscribers.push(subscriber);
      byScope.set(key, audience);
    }
    return [...byScope.values()];
  }

  /**
   * Returns what a subscriber may see now; undefined where the session has ended, or where it cannot be said. Asks the
   * client to read again where that has changed: tasks came into its view, or left it, without a change of their own.
   */
  private async currentScope(subscriber: TaskSubscriber): Promise<Scope<TaskAttributes> | undefined> {
    try {
      const actor = await this.authenticator.currentActor(subscriber.bearer);
      if (!actor || !this.subscribers.has(subscriber)) return undefined;
      // A user who must set up a second factor first is denied all else, and so sees nothing.
      const scope = actor.mustEnrol ? undefined : visibleTasks(actor);
      const [before, now] = [this.subscribers.get(subscriber), scope ? scopeKey(scope) : NOTHING];
      this.subscribers.set(subscriber, now);
      if (before !== undefined && before !== now) subscriber.requestResync();
      return scope;
    } catch (error) {
      this.logger.warn({ msg: 'The scope of a subscriber could not be determined', reason: String(error) });
      subscriber.requestResync();
      return undefined;
    }
  }

  /** Rechecks the scopes of users who changed, once their sessions are dropped from the cache. */
  private recheck(items: readonly string[]): void {
    const changed = new Set(items);
    for (const subscriber of this.subscribers.keys())
      if (changed.has(`user:${subscriber.bearer.actor.id}`)) setImmediate(() => void this.currentScope(subscriber));
  }

  private requestResync(): void {
    this.pending.length = 0;
    for (const subscriber of this.subscribers.keys()) subscriber.requestResync();
  }
}
