import { Module } from '@nestjs/common';
import { SequencingModule } from '../sequencing/sequencing.module.js';
import { AuditVerifier } from './audit-verifier.service.js';

/** Provides the check of `npm run audit:verify`. */
@Module({ imports: [SequencingModule], providers: [AuditVerifier] })
export class VerificationModule {}
