import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { uniqueIdOf, type Role } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { type EventMap } from '../../core/persistence/event-map.js';
import { Events } from '../../core/persistence/domain-events.js';
import { invalidToken } from '../../core/authorization/roles.guard.js';
import { type Tx } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { Notices } from '../../infrastructure/database/pg-notify.js';
import { Remembered } from '../../infrastructure/database/invalidated-cache.js';
import { SignedInProblem } from './signed-in.problems.js';

/** A session that lives, and the facts about its user that each request needs. */
export interface KnownSession {
  readonly sessionId: number;
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  readonly timeZone: string;
  readonly expiresAt: Date;
  readonly hasSecondFactor: boolean;
}

interface Found extends KnownSession {
  readonly live: boolean;
  readonly endReason: string | null;
}

const CONCERNED = new Set(['user', 'session']);

/** Sessions known to live. */
@Injectable()
export class KnownSessions {
  private readonly known: Remembered<KnownSession>;
  private tell: ((items: readonly string[]) => Promise<void>) | undefined;
  /** By request, until the others have answered. */
  private readonly telling = new Map<string | null, Promise<void>>();

  constructor(
    notices: Notices,
    private readonly database: Database,
    private readonly clock: Clock,
    events: Events,
  ) {
    this.known = new Remembered(notices, events, 'session', ({ id }) => id);
    events.within(async (tx) => noteChanged(tx));
    events.on('access.changed', (changed) => this.tellOthers(changed));
  }

  /** Where this process is one of several workers: has `tell` make the others forget what changed here. */
  shareBy(tell: (items: readonly string[]) => Promise<void>): void {
    this.tell = tell;
  }

  /** The other workers have forgotten what a request has changed: from then on it may be answered. */
  async shared(requestId: string): Promise<void> {
    await this.telling.get(requestId);
  }

  /**
   * The session, if it lives.
   *
   * @throws Problem 401 `session_replaced`, so that a device learns why it was signed out
   */
  async find(sessionId: number): Promise<KnownSession | undefined> {
    const known = this.known.get(String(sessionId));
    if (known) return known;
    const [[, found] = []] = await this.known.learn(() => this.read(sessionId));
    return found;
  }

  private async read(sessionId: number): Promise<[string, KnownSession][]> {
    const found = await this.database.row<Found>(sql`SELECT s.id AS "sessionId", u.id, u.username, u.role,
        u.timezone AS "timeZone", s.expires_at AS "expiresAt", s.end_reason AS "endReason",
        u.second_factor_since IS NOT NULL AS "hasSecondFactor",
        (s.ended_at IS NULL AND s.expires_at > ${this.clock.now()} AND u.is_active) AS live
      FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${sessionId}`);
    if (found?.endReason === 'session_replaced')
      throw invalidToken(SignedInProblem.session_replaced.title, 'session_replaced');
    return found?.live ? [[String(sessionId), found]] : [];
  }

  /** Forgets `user:1`, `session:2`. */
  forget(items: readonly string[]): void {
    this.known.forget(items);
  }

  /** Only who made the change waits for it; a worker that hangs delays nobody else. */
  private async tellOthers({ items, requestId }: EventMap['access.changed']): Promise<void> {
    if (!this.tell) return;
    const told = Promise.all([this.telling.get(requestId), this.tell(items)]).then(() => undefined);
    this.telling.set(requestId, told);
    try {
      await told;
    } finally {
      if (this.telling.get(requestId) === told) this.telling.delete(requestId);
    }
  }
}

function noteChanged(tx: Tx): void {
  const items = tx.notes
    .filter(({ entityType, entityId }) => CONCERNED.has(entityType) && entityId !== null)
    .map(({ entityType, entityId }) => `${entityType}:${entityId}`);
  if (items.length > 0) tx.emit('access.changed', { items, requestId: uniqueIdOf(tx.author.origin) });
}
