import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { uniqueIdOf, type Role } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { type EventMap } from '../../core/persistence/event-map.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { invalidToken } from '../../core/authorization/roles.guard.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { InvalidatedCache } from '../../infrastructure/database/invalidated-cache.js';
import { AccessTokenProblem } from './access-tokens.problems.js';

/** A session that lives, and the facts about its user that each request needs. */
export interface CachedSession {
  readonly sessionId: number;
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  readonly timeZone: string;
  readonly expiresAt: Date;
  readonly hasSecondFactor: boolean;
}

interface Found extends CachedSession {
  readonly live: boolean;
  readonly endReason: string | null;
}

const CONCERNED = new Set(['user', 'session']);

/** Sessions known to live. */
@Injectable()
export class SessionCache {
  private readonly cached: InvalidatedCache<CachedSession>;
  private share: ((items: readonly string[]) => Promise<void>) | undefined;
  /** By request, until the others have answered. */
  private readonly sharing = new Map<string | null, Promise<void>>();

  constructor(
    notifyBus: PgNotifyBus,
    private readonly database: Database,
    private readonly clock: Clock,
    events: EventBus,
  ) {
    this.cached = new InvalidatedCache(notifyBus, events, 'session', ({ id }) => id);
    events.beforeCommit(async (tx) => noteChanged(tx));
    events.afterCommit('principal.changed', (changed) => this.shareInvalidation(changed));
  }

  /** Where this process is one of several workers: has `tell` make the others forget what changed here. */
  onInvalidate(tell: (items: readonly string[]) => Promise<void>): void {
    this.share = tell;
  }

  /** The other workers have forgotten what a request has changed: from then on it may be answered. */
  async awaitInvalidation(requestId: string): Promise<void> {
    await this.sharing.get(requestId);
  }

  /**
   * The session, if it lives.
   *
   * @throws Problem 401 `session_replaced`, so that a device learns why it was signed out
   */
  async get(sessionId: number): Promise<CachedSession | undefined> {
    const known = this.cached.get(String(sessionId));
    if (known) return known;
    const [[, found] = []] = await this.cached.load(() => this.read(sessionId));
    return found;
  }

  private async read(sessionId: number): Promise<[string, CachedSession][]> {
    const found = await this.database.row<Found>(sql`SELECT s.id AS "sessionId", u.id, u.username, u.role,
        u.timezone AS "timeZone", s.expires_at AS "expiresAt", s.end_reason AS "endReason",
        u.second_factor_since IS NOT NULL AS "hasSecondFactor",
        (s.ended_at IS NULL AND s.expires_at > ${this.clock.now()} AND u.is_active) AS live
      FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${sessionId}`);
    if (found?.endReason === 'session_replaced')
      throw invalidToken(AccessTokenProblem.session_replaced.title, 'session_replaced');
    return found?.live ? [[String(sessionId), found]] : [];
  }

  /** Forgets `user:1`, `session:2`. */
  invalidate(items: readonly string[]): void {
    this.cached.invalidate(items);
  }

  /** Only who made the change waits for it; a worker that hangs delays nobody else. */
  private async shareInvalidation({ items, requestId }: EventMap['principal.changed']): Promise<void> {
    if (!this.share) return;
    const told = Promise.all([this.sharing.get(requestId), this.share(items)]).then(() => undefined);
    this.sharing.set(requestId, told);
    try {
      await told;
    } finally {
      if (this.sharing.get(requestId) === told) this.sharing.delete(requestId);
    }
  }
}

function noteChanged(tx: AuditedTransaction): void {
  const items = tx.auditEntries
    .filter(({ entityType, entityId }) => CONCERNED.has(entityType) && entityId !== null)
    .map(({ entityType, entityId }) => `${entityType}:${entityId}`);
  if (items.length > 0) tx.emit('principal.changed', { items, requestId: uniqueIdOf(tx.principal.requestContext) });
}
