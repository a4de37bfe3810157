import { Module } from '@nestjs/common';
import { RollupReconciler } from './rollup-reconciler.job.js';
import { RollupCompactor } from './rollup-compactor.worker.js';

/** Totals of tasks, kept by triggers, for whoever reads figures. */
@Module({ providers: [RollupCompactor, RollupReconciler], exports: [RollupCompactor] })
export class RollupsModule {}
