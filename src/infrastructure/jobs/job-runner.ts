import { Injectable, Logger } from '@nestjs/common';
import { Tracing } from '../tracing/tracing.js';
import { JobMetrics } from './job-metrics.js';
import { JobPostponed } from './job-postponed.js';

/** Runs attempts at jobs: measured, logged, and each as the root of a trace. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('Jobs');

  constructor(
    private readonly metrics: JobMetrics,
    private readonly tracing: Tracing,
  ) {}

  /** @param attempt counts from 1. @returns the number of items processed; 1 where the work returns none, 0 where it is postponed */
  run(job: string, attempt: number, work: () => Promise<number | JobPostponed | void>): Promise<number> {
    const attributes = { 'ctms.job.name': job, 'ctms.job.attempt': attempt };
    return this.tracing.root(`job ${job}`, attributes, () => this.measured(job, work));
  }

  private async measured(job: string, work: () => Promise<number | JobPostponed | void>): Promise<number> {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      const items = (await work()) ?? 1;
      if (items instanceof JobPostponed) return this.postponed(job, items, seconds());
      this.metrics.observe(job, 'done', seconds(), items);
      const line = { msg: `Job ${job} is done`, job, items, seconds: seconds() };
      if (items > 0) this.logger.log(line);
      else this.logger.debug(line);
      return items;
    } catch (error) {
      this.metrics.observe(job, 'failed', seconds());
      this.logger.error({ msg: `Job ${job} failed`, job, err: error });
      throw error;
    }
  }

  private postponed(job: string, { seconds }: JobPostponed, took: number): number {
    this.metrics.observe(job, 'postponed', took);
    this.logger.log({ msg: `Job ${job} is postponed`, job, postponed_seconds: seconds });
    return 0;
  }
}
