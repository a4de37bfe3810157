import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoginGateModule } from '../login-gate/login-gate.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { User } from '../users/user.entity.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { EmailVerification } from './email-verification.service.js';
import { MailedTokens } from './mailed-tokens.js';
import { PasswordRecovery } from './password-recovery.service.js';
import { PasswordResetToken } from './password-reset-token.entity.js';
import { PasswordController } from './password.controller.js';
import { PasswordService } from './password.service.js';
import { Passwords } from './passwords.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';
import { SecurityNotices } from './security-notices.js';
import { TokensCleanUp } from './tokens.clean-up.js';
import { VerificationToken } from './verification-token.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([User, VerificationToken, PasswordResetToken]), SessionsModule, LoginGateModule],
  controllers: [RegistrationController, AuthController, PasswordController],
  providers: [
    AuthService,
    RegistrationService,
    EmailVerification,
    PasswordService,
    PasswordRecovery,
    Passwords,
    MailedTokens,
    SecurityNotices,
    TokensCleanUp,
  ],
  exports: [EmailVerification, Passwords],
})
export class AuthModule {}
