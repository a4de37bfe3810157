import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { User } from '../../users/user.entity.js';
import { EmailTokensModule } from '../email-tokens/email-tokens.module.js';
import { UsersModule } from '../../users/users.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { AccountProvisioningService } from './account-provisioning.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { PendingAccountsRepository } from './pending-accounts.repository.js';
import { PendingAccountsRetention } from './pending-accounts.retention.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';
import { UsernameReservationService } from './username-reservation.service.js';
import { UsernamesRepository } from './usernames.repository.js';
import { VerificationMails } from './verification-mails.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([User]), PasswordsModule, EmailTokensModule, UsersModule],
  controllers: [RegistrationController],
  providers: [
    RegistrationService,
    EmailVerificationService,
    VerificationMails,
    UsernameReservationService,
    UsernamesRepository,
    PendingAccountsRepository,
    PendingAccountsRetention,
    AccountProvisioningService,
  ],
  exports: [EmailVerificationService, VerificationMails, AccountProvisioningService, UsernameReservationService],
})
export class RegistrationModule {}
