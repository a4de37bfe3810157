import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import sql from 'sql-template-tag';
import { Database } from '../database/database.js';
import { Metrics } from '../monitoring/metrics.js';

/** What became of one run of a job. */
export type Outcome = 'done' | 'failed';

/** What `/metrics` tells of jobs: runs, how long they took, how much they did, and what waits. */
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
    this.items = new Counter({ name: 'ctms_job_items_total', help: 'Things that jobs did', ...ofJob });
    this.seconds = new Histogram({ name: 'ctms_job_duration_seconds', help: 'Time of one run', ...ofJob });
    this.lastDone = new Gauge({
      name: 'ctms_job_last_done_timestamp_seconds',
      help: 'When a job was last done on this replica',
      aggregator: 'max',
      ...ofJob,
    });
    new Gauge({
      name: 'ctms_jobs',
      help: 'Jobs in the queue of all replicas, by state; `failed` are given up',
      labelNames: ['job', 'state'],
      registers,
      // Every worker reads the same.
      aggregator: 'max',
      async collect() {
        this.reset();
        for (const { job, state, n } of await standing(database)) this.set({ job, state }, Number(n));
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

/** Without a database there is nothing to tell; the rest of the metrics must still be readable. */
function standing(database: Database): Promise<{ job: string; state: string; n: string }[]> {
  const statement = sql`SELECT name AS job, state::text, count(*) AS n FROM pgboss.job
    WHERE state IN ('created', 'retry', 'active', 'failed') AND name NOT LIKE '\\_\\_%' GROUP BY name, state`;
  return database.rows<{ job: string; state: string; n: string }>(statement).catch(() => []);
}
