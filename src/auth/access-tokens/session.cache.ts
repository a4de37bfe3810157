import { Injectable } from '@nestjs/common';
import { uniqueIdOf } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { type DomainEvent, type EventMap } from '../../core/persistence/event-map.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { invalidToken } from '../../core/authorization/roles.guard.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';

import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { InvalidatedCache } from '../../infrastructure/database/invalidated-cache.js';
import { AccessTokenProblem } from './access-tokens.problems.js';
import { ActiveSessionsRepository, type ActiveSession } from './active-sessions.repository.js';

const CACHED_TYPES = new Set(['user', 'session']);

/** Caches active sessions, until a change of the session or its user invalidates them on every process. */
@Injectable()
export class SessionCache {
  private readonly cache: InvalidatedCache<ActiveSession>;
  private broadcast: ((items: readonly string[]) => Promise<void>) | undefined;
  /** Pending broadcasts by request id. */
  private readonly broadcasts = new Map<string | null, Promise<void>>();

  constructor(
    notifyBus: PgNotifyBus,
    private readonly sessions: ActiveSessionsRepository,
    private readonly clock: Clock,
    events: EventBus,
  ) {
    this.cache = new InvalidatedCache(notifyBus, events, 'session', ({ id }) => id);
    events.beforeCommit(async (tx, emitted) => this.emitPrincipalChanged(tx, emitted));
    events.afterCommit('principal.changed', (changed) => this.broadcastInvalidation(changed));
  }

  /** Sets how the other workers of this replica invalidate an item; called where there are several workers. */
  onInvalidate(broadcast: (items: readonly string[]) => Promise<void>): void {
    this.broadcast = broadcast;
  }

  /** Resolves once the other workers have invalidated the changes of a request, so that it may be answered. */
  async awaitInvalidation(requestId: string): Promise<void> {
    await this.broadcasts.get(requestId);
  }

  /**
   * Finds a session, or undefined where it is not active.
   *
   * @throws Problem 401 `session_replaced`, which shows a device why it was signed out
   */
  async get(sessionId: number): Promise<ActiveSession | undefined> {
    const cached = this.cache.get(String(sessionId));
    if (cached) return cached;
    const [[, found] = []] = await this.cache.load(() => this.read(sessionId));
    if (found && !found.facts.areComplete) this.cache.invalidate([`session:${sessionId}`]);
    return found;
  }

  private async read(sessionId: number): Promise<[string, ActiveSession][]> {
    const found = await this.sessions.find(sessionId, this.clock.now());
    if (found?.endReason === 'session_replaced')
      throw invalidToken(AccessTokenProblem.session_replaced.title, 'session_replaced');
    if (!found?.isActive) return [];
    return [[String(sessionId), { ...found, facts: await this.sessions.factsOf(found.id) }]];
  }

  /** @param items such as `user:1`, `session:2` */
  invalidate(items: readonly string[]): void {
    this.cache.invalidate(items);
  }

  /** Changed facts about a user count as a change of the user; no trigger notifies other replicas of them. */
  private emitPrincipalChanged(tx: AuditedTransaction, emitted: readonly DomainEvent[]): void {
    const users = emitted.flatMap(({ name, payload }) =>
      name === 'narrowing.facts_changed' ? payload.userIds.map((id) => `user:${id}`) : [],
    );
    if (users.length > 0) this.sessions.notifyChanged(tx, users);
    const records = tx.auditEntries
      .filter(({ entityType, entityId }) => CACHED_TYPES.has(entityType) && entityId !== null)
      .map(({ entityType, entityId }) => `${entityType}:${entityId}`);
    const items = [...records, ...users];
    if (items.length > 0) tx.emit('principal.changed', { items, requestId: uniqueIdOf(tx.principal.requestContext) });
  }

  /** Delays only the request that made the change, also where a worker does not answer. */
  private async broadcastInvalidation({ items, requestId }: EventMap['principal.changed']): Promise<void> {
    if (!this.broadcast) return;
    const done = Promise.all([this.broadcasts.get(requestId), this.broadcast(items)]).then(() => undefined);
    this.broadcasts.set(requestId, done);
    try {
      await done;
    } finally {
      if (this.broadcasts.get(requestId) === done) this.broadcasts.delete(requestId);
    }
  }
}
