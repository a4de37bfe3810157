import { Global, Module } from '@nestjs/common';
import { ClockSampler } from './clock-sampler.service.js';
import { Metrics } from './metrics.js';

@Global()
@Module({ providers: [Metrics, ClockSampler], exports: [Metrics] })
export class MetricsModule {}
