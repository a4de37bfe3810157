// An extension, as any team could write one, whose audit trail keeps nothing: what the real one is measured against.
import { Module } from '@nestjs/common';
import { AuditSink } from '../../dist/core/persistence/audit-sink.js';

class NoTrail extends AuditSink {
  async write() {}
}

export class SilentTrailModule {}
Module({})(SilentTrailModule);

export const overrides = [{ provide: AuditSink, useClass: NoTrail }];
