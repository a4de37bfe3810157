import { type QueueSettings } from '../database/pg-boss.adapter.js';
import { type JobPostponed } from './job-postponed.js';
import { nextDue } from './job-schedule.js';

/** Options of a queue whose jobs come from transactions. */
export interface QueueOptions {
  /** Retries of a failing job before it is given up; it stays in the store as `failed`. Default 10. */
  readonly retries?: number;
  /** Seconds before the first retry; doubled for each later one, with jitter. Default 5. */
  readonly retryDelay?: number;
  /** Jobs that a replica processes at once. Default 1. */
  readonly parallel?: number;
}

/** Attempt at a job. */
export interface JobRun {
  readonly id: string;
  /** Counts from 1. */
  readonly attempt: number;
}

export interface DeclaredJob {
  readonly queue: QueueSettings;
  /** In UTC; undefined for a queue whose jobs come from transactions. */
  readonly cron?: string;
  readonly parallel: number;
  readonly work: (data: object, job: JobRun) => Promise<number | JobPostponed | void>;
}

const RETENTION_MINUTES = 14 * 24 * 60;

/** The jobs that modules declare, by name. */
export class JobDeclarations {
  private readonly jobs = new Map<string, DeclaredJob>();

  /** @throws Error where the name is taken, or `cron` is no cron expression */
  addPeriodic(name: string, cron: string, work: () => Promise<number>): void {
    assertCron(name, cron);
    // At most one waits; the next run makes up for a missed one.
    const queue = { policy: 'short', retryLimit: 0, retentionMinutes: 60 } as const;
    this.add(name, { queue: { name, ...queue }, cron, parallel: 1, work });
  }

  /** @throws Error where the name is taken */
  addQueue<D extends object>(
    name: string,
    work: (data: D, job: JobRun) => Promise<JobPostponed | void>,
    { retries = 10, retryDelay = 5, parallel = 1 }: QueueOptions,
  ): void {
    const queue = { name, retryLimit: retries, retryDelay, retryBackoff: true, retentionMinutes: RETENTION_MINUTES };
    // A queue returns the data that `enqueue` was given.
    this.add(name, { queue, parallel, work: (data, job) => work(data as D, job) });
  }

  has(name: string): boolean {
    return this.jobs.has(name);
  }

  entries(): readonly (readonly [name: string, job: DeclaredJob])[] {
    return [...this.jobs];
  }

  /** @throws Error where there is no periodic job of that name */
  periodic(name: string): DeclaredJob {
    const job = this.jobs.get(name);
    if (!job?.cron) throw new Error(`There is no periodic job "${name}"`);
    return job;
  }

  /** Cron expressions of the periodic jobs, by name. */
  crons(): ReadonlyMap<string, string> {
    return new Map(this.entries().flatMap(([name, { cron }]) => (cron ? [[name, cron]] : [])));
  }

  private add(name: string, job: DeclaredJob): void {
    if (this.jobs.has(name)) throw new Error(`Two jobs are named "${name}"`);
    this.jobs.set(name, job);
  }
}

/** @throws Error that names the job, also where it would never run */
function assertCron(name: string, cron: string): void {
  try {
    nextDue(cron, 0);
  } catch (error) {
    throw new Error(`The job "${name}" has no cron expression: ${(error as Error).message}`, { cause: error });
  }
}
