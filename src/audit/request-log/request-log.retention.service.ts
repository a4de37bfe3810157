import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';

const JOB = 'request-log-partitions';
const HOURLY = '7 * * * *';
/** So that no missed run, nor a server that stands still for weeks, leaves a month without its partition. */
const MONTHS_AHEAD = 3;
const MONTH = /^api_audit_logs_(\d{4})_(\d\d)$/;

export interface Retention {
  /** So many whole months are kept, besides the current one. */
  readonly months: number;
  /** Detached months stay in the database as tables of their own, to be archived. */
  readonly detach: boolean;
  /** Nothing is changed. */
  readonly dryRun: boolean;
}

/** A month of the request log that was let go, or would be. */
export interface RemovedMonth {
  /** Such as `2024-11`. */
  readonly month: string;
  readonly rows: number;
  /** The table that it is in now; undefined where it was dropped. */
  readonly table?: string;
}

/** Prepares the months of the request log ahead of time and, for the owner of the database alone, lets old ones go. */
@Injectable()
export class RequestLogRetention {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    jobs: JobQueue,
  ) {
    jobs.schedule(JOB, HOURLY, () => this.prepare());
  }

  /** Makes the partitions of the months to come. @returns how many were missing */
  async prepare(): Promise<number> {
    const made = await this.database.row<{ made: number }>(sql`SELECT prepare_request_log(${MONTHS_AHEAD}) AS made`);
    return made?.made ?? 0;
  }

  /**
   * Detaches the months that are older than is kept and, unless told otherwise, drops them; all or none, each recorded in
   * the audit trail.
   *
   * @throws where the role does not own the log, or others read it for longer than a lock is waited for
   */
  async retain({ months, detach, dryRun }: Retention): Promise<RemovedMonth[]> {
    await this.prepare();
    const author = systemPrincipal('request-log:retain', `Older than ${months} months`);
    return this.unitOfWork.run(author, async (tx) => {
      await tx.query(sql`SET LOCAL lock_timeout = '10s'`);
      const removed: RemovedMonth[] = [];
      for (const name of await this.outdated(tx, months)) removed.push(await this.remove(tx, name, detach, dryRun));
      return removed;
    });
  }

  /** The partitions of months before those that are kept, oldest first. */
  private async outdated(tx: AuditedTransaction, months: number): Promise<string[]> {
    const { now } = tx;
    const kept = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months)).toISOString().slice(0, 7);
    const partitions = await tx.query<{ name: string }>(sql`SELECT c.relname AS name FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'api_audit_logs'::regclass ORDER BY 1`);
    return partitions.map(({ name }) => name).filter((name) => MONTH.test(name) && monthOf(name) < kept);
  }

  private async remove(tx: AuditedTransaction, name: string, detach: boolean, dryRun: boolean): Promise<RemovedMonth> {
    const month = monthOf(name);
    const [counted] = await tx.query<{ rows: number }>(sql`SELECT count(*)::float8 AS rows FROM ${raw(name)}`);
    const rows = counted?.rows ?? 0;
    const table = `${name}_detached`;
    const removed = { month, rows, ...(detach && { table }) };
    if (dryRun) return removed;
    await tx.query(sql`ALTER TABLE api_audit_logs DETACH PARTITION ${raw(name)}`);
    await tx.query(detach ? sql`ALTER TABLE ${raw(name)} RENAME TO ${raw(table)}` : sql`DROP TABLE ${raw(name)}`);
    tx.audit({
      action: detach ? 'request_log.detached' : 'request_log.dropped',
      entityType: 'request_log',
      entityId: null,
      entityVersion: null,
      entityName: month,
      changes: { month: [month, null], rows: [rows, null] },
    });
    return removed;
  }
}

const monthOf = (name: string): string => name.replace(MONTH, '$1-$2');
