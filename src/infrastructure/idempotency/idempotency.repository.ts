import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Clock } from '../../core/clock.js';
import { type IdempotentRequest } from '../../core/http/idempotency-key.header.js';
import { requestInProgress } from '../../core/http/problem.js';
import { type AuditEntryDraft } from '../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import {
  IdempotencyStore,
  RequestCompleted,
  type CompletedRequest,
  type StoredResponse,
} from '../../core/persistence/idempotency-store.js';
import { Database } from '../database/database.js';

const DAY_MS = 86_400_000;
/** Changes take milliseconds. A repetition of a slower one gets 409 and releases its connection. */
const WAIT_MS = 2000;
const LOCK_NOT_AVAILABLE = '55P03';

interface StoredRow {
  readonly fingerprint: Buffer;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: string | null;
}

/** Stores keys and answers in the product's own database, which all replicas share. */
@Injectable()
export class IdempotencyRepository extends IdempotencyStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  /**
   * The unique index makes the claim: an INSERT waits for a transaction that has inserted the same key, until that has
   * ended. The limit of that wait holds for this statement alone, so it is set and lifted within it.
   */
  async claim(tx: AuditedTransaction, { userId, route, key, fingerprint }: IdempotentRequest): Promise<void> {
    const claimed = tx.query(sql`INSERT INTO idempotency_keys AS k (user_id, route, key, fingerprint, created_at)
      SELECT ${userId}::int, ${route}, ${key}, ${fingerprint}::bytea, ${tx.now}::timestamptz
        WHERE set_config('lock_timeout', ${String(WAIT_MS)}, true) IS NOT NULL
      ON CONFLICT (user_id, route, key) DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
        status = NULL, headers = NULL, body = NULL, records = '{}' WHERE k.created_at <= ${dayBefore(tx.now)}
      RETURNING set_config('lock_timeout', '0', true)`);
    const rows = await claimed.catch((error: unknown) => {
      throw (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE ? requestInProgress() : error;
    });
    if (rows.length === 0) throw new RequestCompleted('This request was done already');
  }

  complete(
    tx: AuditedTransaction,
    { userId, route, key }: IdempotentRequest,
    response: StoredResponse | null,
    entries: readonly AuditEntryDraft[],
  ): void {
    const headers = response && JSON.stringify(response.headers);
    tx.enqueue(sql`UPDATE idempotency_keys SET status = ${response?.status ?? null}, headers = ${headers}::jsonb,
        body = ${response?.body ?? null}, records = ${recordsOf(entries)}::text[]
      WHERE user_id = ${userId} AND route = ${route} AND key = ${key}`);
  }

  async find({ userId, route, key }: IdempotentRequest): Promise<CompletedRequest | undefined> {
    const row = await this.database.row<StoredRow>(sql`SELECT fingerprint, status, headers, body FROM idempotency_keys
      WHERE user_id = ${userId} AND route = ${route} AND key = ${key} AND created_at > ${dayBefore(this.clock.now())}`);
    if (!row) return undefined;
    const { fingerprint, status, headers, body } = row;
    return { fingerprint, response: status === null ? null : { status, headers: headers ?? {}, body } };
  }

  /**
   * Takes away the answers that may show what was redacted: those of changes of its record, and any that has one of the
   * texts. The requests stay known, so that none is done twice.
   */
  async withdraw(tx: AuditedTransaction, record: string, texts: readonly string[]): Promise<void> {
    const inJson = texts.map((text) => JSON.stringify(text).slice(1, -1));
    await tx.query(sql`UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL
      WHERE status IS NOT NULL AND (${record} = ANY(records)
        OR EXISTS (SELECT FROM unnest(${inJson}::text[]) AS t(text) WHERE strpos(body, t.text) > 0))`);
  }

  /** Deletes up to `limit` keys whose day is over. @returns how many */
  async deleteOutdated(tx: AuditedTransaction, limit: number): Promise<number> {
    const rows =
      await tx.query(sql`DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(SELECT ctid FROM idempotency_keys
      WHERE created_at <= ${dayBefore(tx.now)} ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)) RETURNING user_id`);
    return rows.length;
  }
}

const dayBefore = (now: Date): Date => new Date(now.getTime() - DAY_MS);

function recordsOf(entries: readonly AuditEntryDraft[]): string[] {
  const records = entries.filter(({ entityId }) => entityId !== null);
  return [...new Set(records.map(({ entityType, entityId }) => `${entityType}:${entityId}`))];
}
