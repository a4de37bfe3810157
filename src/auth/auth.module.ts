import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '../sessions/sessions.module.js';
import { User } from '../users/user.entity.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { Passwords } from './passwords.js';
import { RegistrationService } from './registration.service.js';
import { VerificationToken } from './verification-token.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([User, VerificationToken]), SessionsModule],
  controllers: [AuthController],
  providers: [AuthService, RegistrationService, Passwords],
  exports: [RegistrationService, Passwords],
})
export class AuthModule {}
