import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import PgBoss from 'pg-boss';
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
  hasQueue,
  removeQueues,
  isContention,
  isSchemaReady,
  transactionAdapter,
  workerAdapter,
} from '../database/pg-boss.adapter.js';
import { JobDeclarations, type DeclaredJob, type JobRun, type QueueOptions } from './job-declarations.js';
import { JobPostponed } from './job-postponed.js';
import { JobRunner } from './job-runner.js';
import { JobSchedule } from './job-schedule.js';
import { givenUpJobs, postponedJob, tryJobLock } from './jobs.sql.js';

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    'job.added': { readonly queue: string };
  }
}

/** Grace for running jobs at shutdown; unfinished ones run again, like those of a replica that died. */
const SHUTDOWN_MS = 3000;
const RETRY_START_MS = 5000;

/**
 * Runs periodic jobs and queued ones, on pg-boss in the product's own database. Jobs are declared in constructors and
 * processed once `start` is called. A job whose replica dies is taken over after `JOB_TIMEOUT_SECONDS`, so its work
 * must be one transaction, or idempotent.
 */
@Injectable()
export class JobQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private boss: PgBoss;
  private readonly declared = new JobDeclarations();
  private readonly workers = new Map<string, string[]>();
  private prepared = false;
  private preparation: Promise<void> | undefined;
  private starting: Promise<void> = Promise.resolve();
  private stopping = false;
  private readonly outage = new Outage(this.logger, 'The job queue is not available');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly runner: JobRunner,
    private readonly schedules: JobSchedule,
    private readonly source: DataSource,
    events: EventBus,
    notifyBus: PgNotifyBus,
  ) {
    notifyBus.onDatabaseReplaced(() => void this.prepareAgain());
    this.boss = this.newBoss();
    events.afterCommit('job.added', ({ queue }) => this.wake(queue));
  }

  /**
   * Declares a periodic job.
   *
   * @param cron in UTC, at most once a minute, by the database's clock
   * @param work runs on a single replica at a time where it calls `tryExclusive` first. @returns the number of items
   * processed
   */
  schedule(name: string, cron: string, work: () => Promise<number>): void {
    this.declared.addPeriodic(name, cron, work);
  }

  /**
   * Declares a queue: `work` runs for each job that `enqueue` adds, is retried where it throws, and runs again where it returns
   * `JobPostponed`.
   */
  process<D extends object>(
    name: string,
    work: (data: D, job: JobRun) => Promise<JobPostponed | void>,
    options: QueueOptions = {},
  ): void {
    this.declared.addQueue(name, work, options);
  }

  /** Adds jobs within a transaction; a worker starts them after the commit. */
  async enqueue(tx: AuditedTransaction, name: string, jobs: readonly object[]): Promise<void> {
    if (jobs.length === 0) return;
    // pg-boss drops jobs for a missing queue without an error.
    if (!this.declared.has(name)) throw new Error(`No queue "${name}" is declared`);
    await this.assertQueueExists(tx, name);
    const rows = jobs.map((data) => ({ name, data }));
    await this.boss.insert(rows, { db: transactionAdapter(tx) });
    tx.emit('job.added', { queue: name });
  }

  /** Adds the jobs again that a queue has given up, each once. @returns their data */
  async enqueueGivenUp<D extends object>(tx: AuditedTransaction, name: string): Promise<D[]> {
    const jobs = (await tx.query<{ data: D }>(givenUpJobs(name))).map(({ data }) => data);
    await this.enqueue(tx, name, jobs);
    return jobs;
  }

  /**
   * Acquires the lock of a job for this transaction. @returns false where another transaction, on any replica, holds
   * it
   */
  async tryExclusive(tx: AuditedTransaction, name: string): Promise<boolean> {
    const [row] = await tx.query<{ mine: boolean }>(tryJobLock(name));
    return row?.mine === true;
  }

  /** Runs a periodic job now, in this process. @returns the number of items processed */
  async runNow(name: string): Promise<number> {
    const job = this.declared.periodic(name);
    return this.attempt(name, 1, () => job.work({}, { id: name, attempt: 1 }));
  }

  /** The declared jobs, periodic and queued. */
  get names(): readonly string[] {
    return this.declared.entries().map(([name]) => name);
  }

  /**
   * Removes queues with their jobs and schedules. A queue is a table, so only the owner of the schema can.
   *
   * @returns the names of those that there were
   */
  remove(names: readonly string[]): Promise<string[]> {
    return removeQueues(this.database.pool, urlOf(this.source), (name) => names.includes(name));
  }

  /** Starts processing; where the database is not migrated yet, as soon as it is. */
  start(): Promise<void> {
    if (this.config.jobsEnabled && !this.stopping) this.starting = this.tryToStart();
    return this.starting;
  }

  /**
   * Creates the queues before any job is added; where other replicas are migrating for long, or nothing can be written, as
   * soon as that is over.
   */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.prepareQueues();
    } catch (error) {
      if (!isContention(error) && !readOnlyProblem(error)) throw error;
      this.logError(error);
    }
    if (!this.prepared) this.prepareLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    // pg-boss cannot be stopped while it starts.
    await this.starting;
    this.schedules.stop();
    await this.end(this.boss);
  }

  /** Waits for no preparation, which needs another connection than that of the transaction. @throws Problem 503 */
  private async assertQueueExists(tx: AuditedTransaction, name: string): Promise<void> {
    if (this.prepared || (await hasQueue(tx, name))) return;
    void this.prepareQueues().catch((error: unknown) => this.logError(error));
    throw serviceUnavailable(`The queue "${name}" does not exist yet: the database is being migrated`);
  }

  /** Shares one preparation among its callers. */
  private prepareQueues(): Promise<void> {
    return (this.preparation ??= this.prepare().finally(() => (this.preparation = undefined)));
  }

  private async prepare(): Promise<void> {
    const { pool } = this.database;
    if (this.prepared || !(await isSchemaReady(pool))) return;
    const expireInSeconds = this.config.jobTimeoutSeconds;
    const queues = this.declared.entries().map(([, { queue }]) => ({ ...queue, expireInSeconds }));
    await ensureQueues(pool, urlOf(this.source), queues);
    this.prepared = true;
  }

  private async tryToStart(): Promise<void> {
    try {
      await this.prepareQueues();
      await this.boss.start();
      for (const [name, job] of this.declared.entries()) await this.startWorkers(name, job);
      this.schedules.start(this.declared.crons(), (name) => this.enqueueRun(name));
    } catch (error) {
      this.logError(error);
      await this.restartLater();
    }
  }

  /** Enqueues a due run, once for all replicas: the database keeps one a minute. */
  private async enqueueRun(name: string): Promise<void> {
    try {
      await this.boss.send(name, {}, { singletonSeconds: 60 });
    } catch (error) {
      this.logError(error);
      throw error;
    }
  }

  /** Creates the queues that a restored database lacks. */
  private async prepareAgain(): Promise<void> {
    this.prepared = false;
    // One that is under way may have looked at the database that was replaced.
    await this.preparation?.catch(() => undefined);
    this.prepared = false;
    await this.prepareUntilDone();
  }

  /** Repeats the preparation where it fails, and where the schema is not there yet. */
  private async prepareUntilDone(): Promise<void> {
    await this.prepareQueues().catch((error: unknown) => this.logError(error));
    if (!this.prepared) this.prepareLater();
  }

  private prepareLater(): void {
    if (!this.stopping) setTimeout(() => void this.prepareUntilDone(), RETRY_START_MS).unref();
  }

  /** Replaces an instance that failed to start, which cannot start again but may have begun to work. */
  private async restartLater(): Promise<void> {
    const failed = this.boss;
    this.boss = this.newBoss();
    await this.end(failed);
    setTimeout(() => void this.start(), RETRY_START_MS).unref();
  }

  /** Stops pg-boss; jobs whose completion it cannot store expire after `JOB_TIMEOUT_SECONDS`. */
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
      // `JobSchedule` does that.
      schedule: false,
      maintenanceIntervalSeconds: Math.min(10, this.config.jobTimeoutSeconds),
      archiveCompletedAfterSeconds: 3600,
      deleteAfterDays: 7,
    });
    boss.on('error', (error) => this.logError(error));
    return boss;
  }

  private async startWorkers(name: string, job: DeclaredJob): Promise<void> {
    // A run that was due while no replica was up does not wait for its time.
    if (job.cron) await this.boss.send(name, {});
    const handler = ([stored]: PgBoss.JobWithMetadata<object>[]) =>
      stored ? this.runJob(name, job, stored) : Promise.resolve();
    const options = { includeMetadata: true, pollingIntervalSeconds: job.cron ? 5 : 1 } as const;
    const ids = Array.from({ length: job.parallel }, () => this.boss.work(name, options, handler));
    this.workers.set(name, await Promise.all(ids));
  }

  private wake(name: string): void {
    this.workers.get(name)?.forEach((id) => this.boss.notifyWorker(id));
  }

  private async runJob(name: string, { work }: DeclaredJob, { id, data, retryCount }: PgBoss.JobWithMetadata<object>) {
    // Further jobs may be waiting: the next is fetched at once instead of at the next poll.
    this.wake(name);
    const attempt = retryCount + 1;
    await this.attempt(name, attempt, async () => {
      const result = await work(data, { id, attempt });
      if (result instanceof JobPostponed) await this.database.rows(postponedJob(name, id, result.seconds));
      return result;
    });
  }

  private async attempt(
    name: string,
    attempt: number,
    work: () => Promise<number | JobPostponed | void>,
  ): Promise<number> {
    const items = await this.runner.run(name, attempt, work);
    this.outage.worked();
    return items;
  }

  private logError(error: unknown): void {
    if (!this.stopping) this.outage.failed(error);
  }
}
