import { Global, Module } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getOptionsToken, getStorageToken } from '@nestjs/throttler';
import { Config } from '../../core/config/config.js';
import { RequestLimits } from '../../core/authorization/rate-limiter.js';
import { RateCounters } from './rate-counters.js';
import { RateBudgets } from './rate-budgets.js';
import { optionsFor, RateLimits } from './rate-limits.js';
import { SharedCounters } from './shared-counters.js';

@Global()
@Module({
  providers: [
    { provide: RequestLimits, useClass: RateLimits },
    { provide: getOptionsToken(), useFactory: optionsFor, inject: [Config, Reflector] },
    { provide: getStorageToken(), useExisting: RateCounters },
    RateCounters,
    RateBudgets,
    SharedCounters,
  ],
  exports: [RequestLimits, RateBudgets],
})
export class RateLimitsModule {}
