import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { RequestLogRepository } from './request-log.repository.js';

const JOB = 'request-log-partitions';
const HOURLY = '7 * * * *';
/** Covers missed runs of the job, and a server that stands still for weeks. */
const MONTHS_AHEAD = 3;
const MONTH = /^api_audit_logs_(\d{4})_(\d\d)$/;

export interface Retention {
  /** Number of whole months to keep besides the current one. */
  readonly months: number;
  /** Keeps removed months in the database as tables of their own, to be archived. */
  readonly detach: boolean;
  /** Reports what would be removed and changes nothing. */
  readonly dryRun: boolean;
}

/** A month that was removed from the request log, or would be. */
export interface RemovedMonth {
  /** Such as `2024-11`. */
  readonly month: string;
  readonly rows: number;
  /** The table that holds the month now; undefined where it was dropped. */
  readonly table?: string;
}

/** Creates the monthly partitions of the request log ahead of time and, for the owner of the database alone, removes old ones. */
@Injectable()
export class RequestLogRetention {
  constructor(
    private readonly requestLog: RequestLogRepository,
    private readonly unitOfWork: UnitOfWork,
    jobs: JobQueue,
  ) {
    jobs.schedule(JOB, HOURLY, () => this.createPartitions());
  }

  /** Creates the partitions of the months to come. @returns how many were missing */
  createPartitions(): Promise<number> {
    return this.requestLog.createPartitions(MONTHS_AHEAD);
  }

  /**
   * Removes the months beyond those to keep: drops them, or detaches them only. All or none, each audited.
   *
   * @throws where the role does not own the log, or readers hold it for longer than the lock timeout
   */
  async retain({ months, detach, dryRun }: Retention): Promise<RemovedMonth[]> {
    await this.createPartitions();
    const principal = systemPrincipal('request-log:retain', `Older than ${months} months`);
    return this.unitOfWork.run(principal, async (tx) => {
      await this.requestLog.limitLockWaits(tx);
      const removed: RemovedMonth[] = [];
      for (const name of await this.expired(tx, months)) removed.push(await this.remove(tx, name, detach, dryRun));
      return removed;
    });
  }

  /** The partitions of months before those to keep, oldest first. */
  private async expired(tx: AuditedTransaction, months: number): Promise<string[]> {
    const { now } = tx;
    const oldest = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months)).toISOString().slice(0, 7);
    const partitions = await this.requestLog.partitionNames(tx);
    return partitions.filter((name) => MONTH.test(name) && monthOf(name) < oldest);
  }

  private async remove(tx: AuditedTransaction, name: string, detach: boolean, dryRun: boolean): Promise<RemovedMonth> {
    const month = monthOf(name);
    const rows = await this.requestLog.countRows(tx, name);
    const table = `${name}_detached`;
    const removed = { month, rows, ...(detach && { table }) };
    if (dryRun) return removed;
    if (detach) await this.requestLog.detachPartition(tx, name, table);
    else await this.requestLog.dropPartition(tx, name);
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
