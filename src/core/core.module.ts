import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { UnitOfWork } from './persistence/unit-of-work.js';
import { EventBus } from './persistence/domain-events.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { IdempotentRequestsService } from './http/idempotent-requests.service.js';
import { RejectUnknownInputInterceptor } from './http/reject-unknown-input.interceptor.js';
import { ListInterceptor } from './http/list.interceptor.js';
import { PreserializedJsonInterceptor } from './http/preserialized-json.interceptor.js';
import { VersionInterceptor } from './http/version.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { PolicyTableController } from './authorization/policy-table.controller.js';
import { PolicyTable } from './authorization/policy-table.service.js';
import { RolesGuard } from './authorization/roles.guard.js';
import { TimingInterceptor } from './http/timing.interceptor.js';
import { DtoValidationPipe } from './http/validation.pipe.js';
import { WorkingHoursGuard } from './authorization/working-hours.guard.js';
import { Writability } from './persistence/writability.js';

/**
 * Registers the global guards, interceptors, pipe and filter, and exports the services that every feature may inject.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [PolicyTableController],
  providers: [
    PolicyTable,
    UnitOfWork,
    EventBus,
    Writability,
    IdempotentRequestsService,
    { provide: APP_GUARD, useClass: RolesGuard },
    { provide: APP_GUARD, useClass: WorkingHoursGuard },
    { provide: APP_INTERCEPTOR, useClass: TimingInterceptor },
    // The nearer to the handler, the earlier it sees the answer: lists and versions become JSON, which is then sent as it is.
    { provide: APP_INTERCEPTOR, useClass: PreserializedJsonInterceptor },
    { provide: APP_INTERCEPTOR, useClass: ListInterceptor },
    // Stores the answer with its `ETag`.
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: VersionInterceptor },
    { provide: APP_INTERCEPTOR, useClass: RejectUnknownInputInterceptor },
    { provide: APP_PIPE, useClass: DtoValidationPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [PolicyTable, UnitOfWork, EventBus, Writability],
})
export class CoreModule {}
