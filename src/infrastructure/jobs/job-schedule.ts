import { Injectable } from '@nestjs/common';
import cronParser from 'cron-parser';
import { DatabaseTime } from '../../core/persistence/database-time.js';

const CHECK_MS = 5000;
/** The estimated time may be ahead of the database's by less: a run must not count for the minute before it is due. */
const MARGIN_MS = 1000;

interface PeriodicJob {
  readonly name: string;
  readonly cron: string;
  /** Database time up to which due runs are enqueued. */
  enqueuedUntil: number;
  /** The first time after `enqueuedUntil` at which a run is due. */
  due: number;
}

/**
 * Finds the periodic jobs that are due, by the database's clock: pg-boss's own timekeeper computes due times from the
 * host's, and a host a minute behind never enqueued any. Runs that were due while the database was away are made up
 * for by one.
 */
@Injectable()
export class JobSchedule {
  private jobs: PeriodicJob[] = [];
  private timer: NodeJS.Timeout | undefined;
  private checking = false;

  constructor(private readonly time: DatabaseTime) {}

  /**
   * Starts to check, in place of an earlier start.
   *
   * @param jobs by name, with their cron expressions in UTC
   * @param enqueue adds one run; where it rejects, the run is due again at the next check
   */
  start(jobs: ReadonlyMap<string, string>, enqueue: (name: string) => Promise<void>): void {
    this.stop();
    const enqueuedUntil = this.time.now() - MARGIN_MS;
    this.jobs = [...jobs].map(([name, cron]) => ({ name, cron, enqueuedUntil, due: nextDue(cron, enqueuedUntil) }));
    this.timer = setInterval(() => void this.check(enqueue), CHECK_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Enqueues what is due; skipped while an earlier check waits for the database. */
  async check(enqueue: (name: string) => Promise<void>): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    const until = this.time.now() - MARGIN_MS;
    try {
      for (const job of this.jobs) {
        const wasSetBack = until < job.enqueuedUntil;
        const isDue = !wasSetBack && until >= job.due;
        if (isDue) await enqueue(job.name);
        // Computed only then, since the library takes milliseconds for it, in which no request is answered.
        if (isDue || wasSetBack) job.due = nextDue(job.cron, until);
        job.enqueuedUntil = until;
      }
    } catch {
      // `enqueue` reports its error; this job and those after it are still due.
    } finally {
      this.checking = false;
    }
  }
}

/** Returns the first time after the given one at which an expression is due, in ms since 1970. @throws Error where it never is, or is no cron expression */
export function nextDue(cron: string, after: number): number {
  return cronParser
    .parseExpression(cron, { currentDate: new Date(after), tz: 'UTC' })
    .next()
    .getTime();
}
