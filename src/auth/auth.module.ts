import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoginGateModule } from '../login-gate/login-gate.module.js';
import { MailedTokensModule } from '../mailed-tokens/mailed-tokens.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { User } from '../users/user.entity.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { PasswordConfirmation } from './password-confirmation.service.js';
import { PasswordRecovery } from './password-recovery.service.js';
import { PasswordController } from './password.controller.js';
import { PasswordService } from './password.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([User]), PasswordsModule, MailedTokensModule, SessionsModule, LoginGateModule],
  controllers: [AuthController, PasswordController],
  providers: [AuthService, PasswordService, PasswordRecovery, PasswordConfirmation],
  exports: [PasswordConfirmation],
})
export class AuthModule {}
