import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { Change } from './persistence/unit-of-work.js';
import { Events } from './persistence/domain-events.js';
import { KnownFieldsInterceptor } from './http/unknown-fields.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RolesGuard } from './authorization/roles.guard.js';
import { TimingInterceptor } from './http/timing.interceptor.js';
import { Validation } from './http/validation.pipe.js';
import { WorkingHoursGuard } from './authorization/working-hours.guard.js';
import { Writability } from './persistence/writability.js';

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
