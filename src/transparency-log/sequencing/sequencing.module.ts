import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditKey } from './audit-key.entity.js';
import { CheckpointPublisher } from './checkpoint-publisher.service.js';
import { SequencerMetrics } from './sequencer-metrics.js';
import { LogSequencer } from './log-sequencer.worker.js';
import { CheckpointSigningKey } from './checkpoint-signing-key.js';

@Module({
  imports: [TypeOrmModule.forFeature([AuditKey])],
  providers: [LogSequencer, CheckpointSigningKey, SequencerMetrics, CheckpointPublisher],
  exports: [LogSequencer, CheckpointSigningKey],
})
export class SequencingModule {}
