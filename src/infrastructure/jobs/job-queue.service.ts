import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import PgBoss from 'pg-boss';
import sql from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Config } from '../../core/config/config.js';
import { readOnlyProblem } from '../../core/http/database-errors.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { Outage } from '../../core/persistence/outage.js';
import { serviceUnavailable } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../database/database.js';
import { urlOf } from '../database/data-source.js';
import { PgNotifyBus } from '../database/pg-notify.js';
import {
  ensureQueues,
  isContention,
  isSchemaReady,
  transactionAdapter,
  workerAdapter,
  type QueueSettings,
} from '../database/pg-boss.adapter.js';
import { JobMetrics } from './job-metrics.js';

/** A queue whose jobs come from transactions. */
export interface QueueOptions {
  /** How often a job is tried again before it is given up; it stays in the store as `failed`. Default 10. */
  readonly retries?: number;
  /** Seconds before the first retry; doubled for each one after it, with some chance. Default 5. */
  readonly retryDelay?: number;
  /** How many are worked on at once by a replica. Default 1. */
  readonly parallel?: number;
}

interface Declared {
  readonly queue: QueueSettings;
  readonly cron?: string;
  readonly parallel: number;
  readonly work: (data: never, job: JobRun) => Promise<number | void>;
}

/** One attempt at a job. */
export interface JobRun {
  readonly id: string;
  /** Counts from 1. */
  readonly attempt: number;
}

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    'job.added': { readonly queue: string };
  }
}

const RETENTION_MINUTES = 14 * 24 * 60;
/** What was not done by then is done again, like the job of a replica that died. */
const SHUTDOWN_MS = 3000;
const RETRY_START_MS = 5000;

/**
 * What happens without a request: periodic jobs and queues of single ones, on pg-boss in the product's own database.
 * Declared in constructors, worked on once `start` is called. A job whose replica dies is taken over by another one after
 * `JOB_TIMEOUT_SECONDS`; so its work must be one transaction, or harmless when repeated.
 */
@Injectable()
export class JobQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private boss: PgBoss;
  private readonly declared = new Map<string, Declared>();
  private readonly workers = new Map<string, string[]>();
  private prepared = false;
  private starting: Promise<void> = Promise.resolve();
  private stopping = false;
  private readonly outage = new Outage(this.logger, 'The job queue is not available');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly metrics: JobMetrics,
    private readonly source: DataSource,
    events: EventBus,
    notifyBus: PgNotifyBus,
  ) {
    notifyBus.onDatabaseReplaced(() => void this.prepareAgain());
    this.boss = this.newBoss();
    events.afterCommit('job.added', ({ queue }) => this.wake(queue));
  }

  /**
   * Declares what is done by the clock.
   *
   * @param cron in UTC, not more often than once a minute
   * @param work on one replica at a time where it asks `alone` first. @returns how many things it did
   */
  schedule(name: string, cron: string, work: () => Promise<number>): void {
    // At most one waits; what a run misses, the next one does.
    const queue = { policy: 'short', retryLimit: 0, retentionMinutes: 60 } as const;
    this.declare(name, { queue: { name, ...queue }, cron, parallel: 1, work });
  }

  /** Declares a queue: `work` is done for each job that `add` puts there, and repeated where it throws. */
  process<D extends object>(
    name: string,
    work: (data: D, job: JobRun) => Promise<void>,
    { retries = 10, retryDelay = 5, parallel = 1 }: QueueOptions = {},
  ): void {
    const queue = { name, retryLimit: retries, retryDelay, retryBackoff: true, retentionMinutes: RETENTION_MINUTES };
    this.declare(name, { queue, parallel, work });
  }

  /** Adds jobs that stand or fall with a transaction; a worker takes them up after the commit. */
  async enqueue(tx: AuditedTransaction, name: string, jobs: readonly object[]): Promise<void> {
    if (jobs.length === 0) return;
    // The store drops jobs for a queue that does not exist, without an error.
    if (!this.declared.has(name)) throw new Error(`No queue "${name}" is declared`);
    await this.prepareQueues();
    if (!this.prepared)
      throw serviceUnavailable(`The queue "${name}" does not exist yet: the database is being migrated`);
    const rows = jobs.map((data) => ({ name, data }));
    await this.boss.insert(rows, { db: transactionAdapter(tx) });
    tx.emit('job.added', { queue: name });
  }

  /** Whether this transaction is the only one at this work, on any replica; until it ends. */
  async tryExclusive(tx: AuditedTransaction, name: string): Promise<boolean> {
    const [row] = await tx.query<{ mine: boolean }>(
      sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${`ctms job ${name}`}, 0)) AS mine`,
    );
    return row?.mine === true;
  }

  /** Does a periodic job now, here. @returns how many things it did */
  async runNow(name: string): Promise<number> {
    const job = this.declared.get(name);
    if (!job?.cron) throw new Error(`There is no periodic job "${name}"`);
    return this.measured(name, () => job.work(undefined as never, { id: name, attempt: 1 }));
  }

  /** Starts working; where the database is not migrated yet, as soon as it is. */
  start(): Promise<void> {
    if (this.config.jobsEnabled && !this.stopping) this.starting = this.tryToStart();
    return this.starting;
  }

  /**
   * Makes the queues exist before any job is added. Where other replicas are migrating for long, or nothing can be written,
   * `start` tries again.
   */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.prepareQueues();
    } catch (error) {
      if (!isContention(error) && !readOnlyProblem(error)) throw error;
      this.logError(error);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    // One that is still starting cannot be stopped yet.
    await this.starting;
    await this.end(this.boss);
  }

  private async prepareQueues(): Promise<void> {
    const { pool } = this.database;
    if (this.prepared || !(await isSchemaReady(pool))) return;
    const expireInSeconds = this.config.jobTimeoutSeconds;
    const queues = [...this.declared.values()].map(({ queue }) => ({ ...queue, expireInSeconds }));
    await ensureQueues(pool, urlOf(this.source), queues);
    this.prepared = true;
  }

  private async tryToStart(): Promise<void> {
    try {
      // First: pg-boss creates one of its own otherwise, and hides what that fails with.
      await this.prepareQueues();
      await this.boss.start();
      for (const [name, job] of this.declared) await this.begin(name, job);
    } catch (error) {
      this.logError(error);
      await this.startAgainLater();
    }
  }

  /** Queues and schedules that the restored database lacks are made again; until then adding to them makes them. */
  private async prepareAgain(): Promise<void> {
    this.prepared = false;
    try {
      await this.prepareQueues();
      for (const [name, { cron }] of this.declared)
        if (cron && this.workers.size > 0) await this.boss.schedule(name, cron);
    } catch (error) {
      this.logError(error);
      if (!this.stopping) setTimeout(() => void this.prepareAgain(), RETRY_START_MS).unref();
    }
  }

  /** One that failed to start does not start again; but it may have begun to work. */
  private async startAgainLater(): Promise<void> {
    const failed = this.boss;
    this.boss = this.newBoss();
    await this.end(failed);
    setTimeout(() => void this.start(), RETRY_START_MS).unref();
  }

  /** Whatever it could not tell the store, the store finds out by `JOB_TIMEOUT_SECONDS`. */
  private async end(boss: PgBoss): Promise<void> {
    await boss.stop({ timeout: SHUTDOWN_MS }).catch((error: unknown) => this.logError(error));
  }

  private newBoss(): PgBoss {
    const boss = new PgBoss({
      db: workerAdapter(
        () => this.database.pool,
        (error) => this.logError(error),
      ),
      migrate: false,
      maintenanceIntervalSeconds: Math.min(10, this.config.jobTimeoutSeconds),
      archiveCompletedAfterSeconds: 3600,
      deleteAfterDays: 7,
    });
    boss.on('error', (error) => this.logError(error));
    return boss;
  }

  private declare(name: string, job: Declared): void {
    if (this.declared.has(name)) throw new Error(`Two jobs are named "${name}"`);
    this.declared.set(name, job);
  }

  private async begin(name: string, job: Declared): Promise<void> {
    if (job.cron) {
      await this.boss.schedule(name, job.cron);
      // What was due while nobody was there does not wait for the clock.
      await this.boss.send(name, {});
    }
    const take = ([job_]: PgBoss.JobWithMetadata<object>[]) => (job_ ? this.take(name, job, job_) : Promise.resolve());
    const options = { includeMetadata: true, pollingIntervalSeconds: job.cron ? 5 : 1 } as const;
    const ids = Array.from({ length: job.parallel }, () => this.boss.work(name, options, take));
    this.workers.set(name, await Promise.all(ids));
  }

  private wake(name: string): void {
    this.workers.get(name)?.forEach((id) => this.boss.notifyWorker(id));
  }

  private async take(name: string, { work }: Declared, { id, data, retryCount }: PgBoss.JobWithMetadata<object>) {
    // Where there was one there may be more: the next does not wait for the clock.
    this.wake(name);
    await this.measured(name, () => work(data as never, { id, attempt: retryCount + 1 }));
  }

  private async measured(name: string, work: () => Promise<number | void>): Promise<number> {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      const items = (await work()) ?? 1;
      this.outage.worked();
      this.metrics.observe(name, 'done', seconds(), items);
      const line = { msg: `Job ${name} is done`, job: name, items, seconds: seconds() };
      if (items > 0) this.logger.log(line);
      else this.logger.debug(line);
      return items;
    } catch (error) {
      this.metrics.observe(name, 'failed', seconds());
      this.logger.error({ msg: `Job ${name} failed`, job: name, err: error });
      throw error;
    }
  }

  private logError(error: unknown): void {
    if (!this.stopping) this.outage.failed(error);
  }
}
