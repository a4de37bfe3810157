import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Role } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { Events } from '../core/events.js';
import { invalidToken } from '../core/roles.guard.js';
import { type Tx } from '../core/tx.js';
import { Database } from '../database/database.js';
import { Notices } from '../database/notices.js';
import { SessionProblem } from './sessions.events.js';

/** A session that lives, and the facts about its user that each request needs. */
export interface KnownSession {
  readonly sessionId: number;
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  readonly timeZone: string;
  readonly expiresAt: Date;
}

interface Found extends KnownSession {
  readonly live: boolean;
  readonly endReason: string | null;
}

declare module '../core/events.js' {
  interface EventMap {
    'access.changed': { readonly items: readonly string[] };
  }
}

const CHANNEL = 'ctms_access';
const MAX_KNOWN = 20_000;
const CONCERNED = new Set(['user', 'session']);

/**
 * Sessions known to live, so that a request need not ask. What changes here is forgotten before the change is answered;
 * what changes elsewhere, by a notice that the database sends with the commit. While notices are not heard, nothing is
 * known.
 */
@Injectable()
export class KnownSessions {
  private readonly known = new Map<number, KnownSession>();
  private readonly ofUser = new Map<number, Set<number>>();
  /** Counts what was forgotten: what was read before may be older than that. */
  private forgotten = 0;
  private tell: ((items: readonly string[]) => Promise<void>) | undefined;
  private telling: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly notices: Notices,
    private readonly database: Database,
    private readonly clock: Clock,
    events: Events,
  ) {
    notices.on(CHANNEL, (items) => this.forget(items));
    notices.whenBack(() => this.forgetAll());
    events.within(async (tx) => noteChanged(tx));
    events.on('access.changed', ({ items }) => this.changed(items));
  }

  /** Where this process is one of several workers: has `tell` make the others forget what changed here. */
  shareBy(tell: (items: readonly string[]) => Promise<void>): void {
    this.tell = tell;
  }

  /** The other workers have forgotten what changed before the call: from then on a change may be answered. */
  async shared(): Promise<void> {
    await this.telling;
  }

  /**
   * The session, if it lives.
   *
   * @throws Problem 401 `session_replaced`, so that a device learns why it was signed out
   */
  async find(sessionId: number): Promise<KnownSession | undefined> {
    if (!this.notices.hearing) this.forgetAll();
    const known = this.known.get(sessionId);
    if (known) return known;
    const before = this.forgotten;
    const found = await this.read(sessionId);
    if (found && before === this.forgotten && this.notices.hearing) this.remember(found);
    return found;
  }

  private async read(sessionId: number): Promise<KnownSession | undefined> {
    const found = await this.database.row<Found>(sql`SELECT s.id AS "sessionId", u.id, u.username, u.role,
        u.timezone AS "timeZone", s.expires_at AS "expiresAt", s.end_reason AS "endReason",
        (s.ended_at IS NULL AND s.expires_at > ${this.clock.now()} AND u.is_active) AS live
      FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${sessionId}`);
    if (found?.endReason === 'session_replaced')
      throw invalidToken(SessionProblem.session_replaced.title, 'session_replaced');
    return found?.live ? found : undefined;
  }

  private remember(session: KnownSession): void {
    const [oldest] = this.known.keys();
    if (oldest !== undefined && this.known.size >= MAX_KNOWN) this.forgetSession(oldest);
    this.known.set(session.sessionId, session);
    const own = this.ofUser.get(session.id) ?? new Set();
    this.ofUser.set(session.id, own.add(session.sessionId));
  }

  /** Forgets `user:1`, `session:2`. */
  forget(items: readonly string[]): void {
    this.forgotten++;
    for (const item of items) {
      const [what, id] = item.split(':');
      if (what === 'session') this.forgetSession(Number(id));
      else for (const sessionId of this.ofUser.get(Number(id)) ?? []) this.forgetSession(sessionId);
    }
  }

  private changed(items: readonly string[]): void {
    this.forget(items);
    if (this.tell) this.telling = Promise.all([this.telling, this.tell(items)]);
  }

  private forgetSession(sessionId: number): void {
    const session = this.known.get(sessionId);
    if (!session) return;
    this.known.delete(sessionId);
    const own = this.ofUser.get(session.id);
    own?.delete(sessionId);
    if (own?.size === 0) this.ofUser.delete(session.id);
  }

  private forgetAll(): void {
    this.forgotten++;
    this.known.clear();
    this.ofUser.clear();
  }
}

function noteChanged(tx: Tx): void {
  const items = tx.notes
    .filter(({ entityType, entityId }) => CONCERNED.has(entityType) && entityId !== null)
    .map(({ entityType, entityId }) => `${entityType}:${entityId}`);
  if (items.length > 0) tx.emit('access.changed', { items });
}
