import { Global, Module } from '@nestjs/common';
import { RetentionCleaner } from './retention-cleaner.service.js';
import { JobMetrics } from './job-metrics.js';
import { JobQueue } from './job-queue.service.js';
import { JobRunner } from './job-runner.js';
import { JobSchedule } from './job-schedule.js';

/** Provides periodic and queued jobs, for every module to declare. */
@Global()
@Module({
  providers: [JobQueue, JobMetrics, JobRunner, JobSchedule, RetentionCleaner],
  exports: [JobQueue, RetentionCleaner],
})
export class JobsModule {}
