import { Module } from '@nestjs/common';
import { SequencingModule } from '../sequencing/sequencing.module.js';
import { AuditVerifier } from './audit-verifier.service.js';

/** The check that `npm run audit:verify` makes. */
@Module({ imports: [SequencingModule], providers: [AuditVerifier] })
export class VerificationModule {}
