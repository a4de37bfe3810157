import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { Change } from './change.js';
import { Events } from './events.js';
import { KnownFieldsInterceptor } from './known-fields.interceptor.js';
import { ProblemFilter } from './problem.filter.js';
import { RolesGuard } from './roles.guard.js';
import { TimingInterceptor } from './timing.interceptor.js';
import { Validation } from './validation.js';
import { WorkingHoursGuard } from './working-hours.guard.js';
import { Writability } from './writability.js';

/** What every route goes through, and what every feature may inject. */
@Global()
@Module({
  providers: [
    Change,
    Events,
    Writability,
    { provide: APP_GUARD, useClass: RolesGuard },
    { provide: APP_GUARD, useClass: WorkingHoursGuard },
    { provide: APP_INTERCEPTOR, useClass: TimingInterceptor },
    { provide: APP_INTERCEPTOR, useClass: KnownFieldsInterceptor },
    { provide: APP_PIPE, useClass: Validation },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [Change, Events, Writability],
})
export class CoreModule {}
