import { Global, Module } from '@nestjs/common';
import { RetentionCleaner } from './retention-cleaner.service.js';
import { JobMetrics } from './job-metrics.js';
import { JobQueue } from './job-queue.service.js';

/** Provides periodic and queued jobs, for every module to declare. */
@Global()
@Module({ providers: [JobQueue, JobMetrics, RetentionCleaner], exports: [JobQueue, RetentionCleaner] })
export class JobsModule {}
