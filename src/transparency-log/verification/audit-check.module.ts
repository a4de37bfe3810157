import { Module } from '@nestjs/common';
import { SealsModule } from '../sequencing/seals.module.js';
import { AuditVerification } from './audit-verification.js';

/** The check that `npm run audit:verify` makes. */
@Module({ imports: [SealsModule], providers: [AuditVerification] })
export class AuditCheckModule {}
