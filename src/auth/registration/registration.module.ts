import { Module } from '@nestjs/common';
import { MailedTokensModule } from '../email-tokens/mailed-tokens.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { Accounts } from './account-provisioning.service.js';
import { EmailVerification } from './email-verification.service.js';
import { PendingAccountsCleanUp } from './pending-accounts.clean-up.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';

@Module({
  imports: [PasswordsModule, MailedTokensModule],
  controllers: [RegistrationController],
  providers: [RegistrationService, EmailVerification, PendingAccountsCleanUp, Accounts],
  exports: [EmailVerification, Accounts],
})
export class RegistrationModule {}
