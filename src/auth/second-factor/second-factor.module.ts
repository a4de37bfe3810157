import { Module } from '@nestjs/common';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { SecondFactorAttemptsRepository } from './second-factor-attempts.repository.js';
import { SecondFactorCipher } from './second-factor-cipher.service.js';
import { SecondFactor } from './second-factor.service.js';

/** Creates, stores and verifies codes of second factors; `auth` requires them. */
@Module({
  providers: [SecondFactor, SecondFactorAttemptsRepository, SecondFactorCipher, RecoveryCodesRepository],
  exports: [SecondFactor, SecondFactorCipher, RecoveryCodesRepository],
})
export class SecondFactorModule {}
