import { Global, Module } from '@nestjs/common';
import { CleanUp } from './clean-up.js';
import { JobMetrics } from './job-metrics.js';
import { Jobs } from './jobs.js';

/** Work without a request, for every module to declare. */
@Global()
@Module({ providers: [Jobs, JobMetrics, CleanUp], exports: [Jobs, CleanUp] })
export class JobsModule {}
