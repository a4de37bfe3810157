import { Module } from '@nestjs/common';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { SecondFactorSecrets } from './second-factor-secrets.service.js';
import { SecondFactor } from './second-factor.service.js';

/** Codes of second factors: how they are made, kept and judged. Where they are asked for is the business of `auth`. */
@Module({
  providers: [SecondFactor, SecondFactorSecrets, RecoveryCodesRepository],
  exports: [SecondFactor, SecondFactorSecrets, RecoveryCodesRepository],
})
export class SecondFactorModule {}
