import { Global, Module } from '@nestjs/common';
import { RequestBudgets } from '../../core/authorization/request-budgets.js';
import { Budgets } from './budgets.service.js';
import { FairRequests } from './fair-requests.js';

@Global()
@Module({
  providers: [Budgets, { provide: RequestBudgets, useClass: FairRequests }],
  exports: [Budgets, RequestBudgets],
})
export class BudgetsModule {}
