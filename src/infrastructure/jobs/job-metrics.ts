import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import sql from 'sql-template-tag';
import { Database } from '../database/database.js';
import { Metrics } from '../monitoring/metrics.js';

/** Outcome of a run of a job. */
export type Outcome = 'done' | 'failed' | 'postponed';

/** Exposes the metrics of jobs: runs, durations, items, and the queue by state. */
@Injectable()
export class JobMetrics {
  private readonly runs: Counter<'job' | 'outcome'>;
  private readonly items: Counter<'job'>;
  private readonly seconds: Histogram<'job'>;
  private readonly lastDone: Gauge<'job'>;

  constructor(database: Database, { registry }: Metrics) {
    const registers = [registry];
    const ofJob = { labelNames: ['job'] as const, registers };
    this.runs = new Counter({
      name: 'ctms_job_runs_total',
      help: 'Runs of jobs on this replica',
      labelNames: ['job', 'outcome'],
      registers,
    });
    this.items = new Counter({ name: 'ctms_job_items_total', help: 'Items that jobs processed', ...ofJob });
    this.seconds = new Histogram({ name: 'ctms_job_duration_seconds', help: 'Time of one run', ...ofJob });
    this.lastDone = new Gauge({
      name: 'ctms_job_last_done_timestamp_seconds',
      help: 'Time of the last successful run on this replica',
      aggregator: 'max',
      ...ofJob,
    });
    new Gauge({
      name: 'ctms_jobs',
      help: 'Jobs in the queue of all replicas, by state; `failed` are given up',
      labelNames: ['job', 'state'],
      registers,
      // Every worker reads the same values.
      aggregator: 'max',
      async collect() {
        this.reset();
        for (const { job, state, n } of await jobCounts(database)) this.set({ job, state }, Number(n));
      },
    });
  }

  observe(job: string, outcome: Outcome, seconds: number, items = 0): void {
    this.runs.inc({ job, outcome });
    this.seconds.observe({ job }, seconds);
    this.items.inc({ job }, items);
    if (outcome === 'done') this.lastDone.set({ job }, Date.now() / 1000);
  }
}

/** Counts jobs by state; none without a database, so that the other metrics stay readable. */
function jobCounts(database: Database): Promise<{ job: string; state: string; n: string }[]> {
  const statement = sql`SELECT name AS job, state::text, count(*) AS n FROM pgboss.job
    WHERE state IN ('created', 'retry', 'active', 'failed') AND name NOT LIKE '\\_\\_%' GROUP BY name, state`;
  return database.rows<{ job: string; state: string; n: string }>(statement).catch(() => []);
}
