import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type RecordReader } from '../core/authorization/visible-records.sql.js';
import { storableJson } from '../core/http/pg-text.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { NotificationKinds, type NotificationKind } from './notification-kinds.sql.js';
import './notifications.events.js';

/** Names a fact of which each user is notified once. */
export interface NotifiedFact {
  readonly recordId: number;
  /** Distinguishes facts of the same record, such as a due date that may move; at most 100 characters. */
  readonly fact: string;
  readonly userId: number;
}

/** A fact, as SQL expressions. */
export type FactSql = Omit<RecordReader, 'now'> & { readonly fact: Sql };

/** Notifies users of facts about records of extensions, each once. Bookkeeping, not audited. */
@Injectable()
export class RecordNotificationsRepository {
  constructor(private readonly kinds: NotificationKinds) {}

  /**
   * Adds notifications in one statement; their sockets get them after the commit. Leaves out users who are not active,
   * who do not see the record, or who were notified of the same fact before, also by another replica just now.
   *
   * @returns the number of those added
   */
  async add<F extends object>(
    tx: AuditedTransaction,
    kind: NotificationKind<F>,
    rows: readonly (NotifiedFact & F)[],
  ): Promise<number> {
    this.kinds.assertDeclared(kind);
    if (rows.length === 0) return 0;
    const drafts = rows.map((row) => ({
      recordId: row.recordId,
      fact: row.fact,
      userId: row.userId,
      message: kind.message(row),
    }));
    const added = await tx.query<{ id: number; userId: number }>(insertSql(kind, tx.now, storableJson(drafts)));
    if (added.length > 0) tx.emit('notifications.written', { rows: added });
    return added.length;
  }

  /**
   * Renders the condition that `add` would notify a user of a fact, for the statement that looks for facts: what it leaves
   * shrinks with each batch that was added.
   */
  isDue<F extends object>(kind: NotificationKind<F>, now: Date, given: FactSql): Sql {
    this.kinds.assertDeclared(kind);
    return sql`${isEntitled(kind, now, given)} AND NOT EXISTS (SELECT FROM notified_facts f
      WHERE f.notification_type = ${kind.type} AND f.record_id = ${given.recordId} AND f.fact = ${given.fact}
        AND f.user_id = ${given.userId})`;
  }
}

/** The facts are claimed in the order of their key, so that two transactions wait for each other one way round. */
function insertSql(kind: NotificationKind, now: Date, drafts: string): Sql {
  const given = { userId: sql`d."userId"`, recordId: sql`d."recordId"` };
  return sql`WITH given AS MATERIALIZED (
      SELECT DISTINCT ON (d."recordId", d.fact, d."userId") d.* FROM ROWS FROM (jsonb_to_recordset(${drafts}::jsonb)
        AS ("recordId" int, fact text, "userId" int, message text))
        WITH ORDINALITY AS d("recordId", fact, "userId", message, position)
      WHERE ${isEntitled(kind, now, given)} ORDER BY d."recordId", d.fact, d."userId", d.position),
    claimed AS (INSERT INTO notified_facts (notification_type, record_id, fact, user_id, notified_at)
      SELECT ${kind.type}, "recordId", fact, "userId", ${now} FROM given
      ON CONFLICT DO NOTHING RETURNING record_id, fact, user_id)
    INSERT INTO notifications (user_id, record_id, message, notification_type, created_at)
    SELECT g."userId", g."recordId", g.message, ${kind.type}, ${now} FROM given g
      JOIN claimed c ON c.record_id = g."recordId" AND c.fact = g.fact AND c.user_id = g."userId"
    ORDER BY g.position RETURNING id, user_id AS "userId"`;
}

/** Condition on a user: active, and may see the record. */
function isEntitled(kind: NotificationKind, now: Date, { userId, recordId }: Omit<RecordReader, 'now'>): Sql {
  return sql`EXISTS (SELECT FROM users active WHERE active.id = ${userId} AND active.is_active)
    AND ${kind.visible({ userId, recordId, now })}`;
}
