import { Global, Module } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getOptionsToken, getStorageToken } from '@nestjs/throttler';
import { Config } from '../../core/config/config.js';
import { RateLimiter } from '../../core/authorization/rate-limiter.js';
import { ThrottlerStore } from './throttler-store.js';
import { RateBudgets } from './rate-budgets.js';
import { optionsFor, RateLimits } from './rate-limits.js';
import { RedisCounters } from './redis-counters.js';

@Global()
@Module({
  providers: [
    { provide: RateLimiter, useClass: RateLimits },
    { provide: getOptionsToken(), useFactory: optionsFor, inject: [Config, Reflector] },
    { provide: getStorageToken(), useExisting: ThrottlerStore },
    ThrottlerStore,
    RateBudgets,
    RedisCounters,
  ],
  exports: [RateLimiter, RateBudgets],
})
export class RateLimitsModule {}
