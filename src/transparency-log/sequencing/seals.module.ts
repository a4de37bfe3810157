import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditKey } from './audit-key.entity.js';
import { CheckpointDepartures } from './checkpoint-departures.js';
import { SealMetrics } from './seal-metrics.js';
import { Sealer } from './sealer.js';
import { SealingKey } from './sealing-key.js';

@Module({
  imports: [TypeOrmModule.forFeature([AuditKey])],
  providers: [Sealer, SealingKey, SealMetrics, CheckpointDepartures],
  exports: [Sealer, SealingKey],
})
export class SealsModule {}
