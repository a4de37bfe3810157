import { Module } from '@nestjs/common';
import { RollupReconciler } from './rollup-reconciler.job.js';
import { RollupsRepository } from './rollups.repository.js';
import { RollupCompactor } from './rollup-compactor.worker.js';

/** Totals of tasks, which triggers maintain, for the figures of analytics. */
@Module({ providers: [RollupsRepository, RollupCompactor, RollupReconciler], exports: [RollupCompactor] })
export class RollupsModule {}
