import { Module } from '@nestjs/common';
import { EmailTokensModule } from '../email-tokens/email-tokens.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { AccountProvisioningService } from './account-provisioning.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { PendingAccountsRetention } from './pending-accounts.retention.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';

@Module({
  imports: [PasswordsModule, EmailTokensModule],
  controllers: [RegistrationController],
  providers: [RegistrationService, EmailVerificationService, PendingAccountsRetention, AccountProvisioningService],
  exports: [EmailVerificationService, AccountProvisioningService],
})
export class RegistrationModule {}
