import { Global, Module } from '@nestjs/common';
import { JobMetrics } from './job-metrics.js';
import { Jobs } from './jobs.js';

/** Work without a request, for every module to declare. */
@Global()
@Module({ providers: [Jobs, JobMetrics], exports: [Jobs] })
export class JobsModule {}
