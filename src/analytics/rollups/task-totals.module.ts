import { Module } from '@nestjs/common';
import { TotalsCheck } from './totals-check.js';
import { TotalsFolder } from './totals-folder.js';

/** Totals of tasks, kept by triggers, for whoever reads figures. */
@Module({ providers: [TotalsFolder, TotalsCheck], exports: [TotalsFolder] })
export class TaskTotalsModule {}
