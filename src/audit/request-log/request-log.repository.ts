import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { type RequestLine } from './log-record.js';
import { insertLinesSql } from './request-log.sql.js';

/** Writes the request log and manages its monthly partitions. */
@Injectable()
export class RequestLogRepository {
  constructor(private readonly database: Database) {}

  /**
   * Inserts lines in their order, in one statement of its own: bookkeeping, which no audit entry follows.
   *
   * @param again leaves out those that are there already, after an attempt whose outcome is unknown
   */
  async insert(lines: readonly RequestLine[], again = false): Promise<void> {
    const json = `[${lines.map((line) => line.json).join(',')}]`;
    await this.database.rows(insertLinesSql(json, again));
  }

  /** Creates the missing partitions of this month and the given number of months ahead. @returns how many were missing */
  async createPartitions(monthsAhead: number): Promise<number> {
    const row = await this.database.row<{ created: number }>(
      sql`SELECT prepare_request_log(${monthsAhead}) AS created`,
    );
    return row?.created ?? 0;
  }

  /** Makes statements that wait longer than 10 s for a lock fail, until the end of the transaction. */
  async limitLockWaits(tx: AuditedTransaction): Promise<void> {
    await tx.query(sql`SET LOCAL lock_timeout = '10s'`);
  }

  /** @returns the tables of all partitions, in the order of their names */
  async partitionNames(tx: AuditedTransaction): Promise<string[]> {
    const partitions = await tx.query<{ name: string }>(sql`SELECT c.relname AS name FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'api_audit_logs'::regclass ORDER BY 1`);
    return partitions.map(({ name }) => name);
  }

  /** @param partition a name that `partitionNames` returned, and so for the other methods */
  async countRows(tx: AuditedTransaction, partition: string): Promise<number> {
    const [counted] = await tx.query<{ rows: number }>(sql`SELECT count(*)::float8 AS rows FROM ${raw(partition)}`);
    return counted?.rows ?? 0;
  }

  /** Detaches a partition and leaves its rows in a table of their own. */
  async detachPartition(tx: AuditedTransaction, partition: string, newName: string): Promise<void> {
    await tx.query(sql`ALTER TABLE api_audit_logs DETACH PARTITION ${raw(partition)}`);
    await tx.query(sql`ALTER TABLE ${raw(partition)} RENAME TO ${raw(newName)}`);
  }

  async dropPartition(tx: AuditedTransaction, partition: string): Promise<void> {
    await tx.query(sql`ALTER TABLE api_audit_logs DETACH PARTITION ${raw(partition)}`);
    await tx.query(sql`DROP TABLE ${raw(partition)}`);
  }
}
