import { Global, Module } from '@nestjs/common';
import { Budgets } from './budgets.service.js';

@Global()
@Module({ providers: [Budgets], exports: [Budgets] })
export class BudgetsModule {}
