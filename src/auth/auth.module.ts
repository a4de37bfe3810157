import { Global, Module } from '@nestjs/common';
import { ChangeConfirmation } from '../core/authorization/change-confirmation.js';
import { LoginProtectionModule } from './login-protection/login-protection.module.js';
import { EmailTokensModule } from './email-tokens/email-tokens.module.js';
import { PasswordsModule } from './passwords/passwords.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { SecondFactorModule } from './second-factor/second-factor.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { LockedAccountMails } from './locked-account-mails.service.js';
import { OwnAccountController } from './own-account.controller.js';
import { OwnAccountService } from './own-account.service.js';
import { PasswordConfirmation } from './password-confirmation.service.js';
import { PasswordRecovery } from './password-recovery.service.js';
import { PasswordController } from './password.controller.js';
import { PasswordService } from './password.service.js';
import { SecondFactorController } from './second-factor.controller.js';
import { SecondFactorEnrolment } from './second-factor-enrolment.service.js';

/** Global for what confirms changes: rooms that auth itself imports have such changes, too. */
@Global()
@Module({
  imports: [
    PasswordsModule,
    EmailTokensModule,
    RegistrationModule,
    SessionsModule,
    LoginProtectionModule,
    SecondFactorModule,
    UsersModule,
  ],
  controllers: [AuthController, PasswordController, OwnAccountController, SecondFactorController],
  providers: [
    AuthService,
    PasswordService,
    PasswordRecovery,
    LockedAccountMails,
    OwnAccountService,
    PasswordConfirmation,
    SecondFactorEnrolment,
    { provide: ChangeConfirmation, useExisting: PasswordConfirmation },
  ],
  exports: [ChangeConfirmation],
})
export class AuthModule {}
