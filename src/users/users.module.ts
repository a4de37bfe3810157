import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { PastModule } from '../past/past.module.js';
import { RegistrationModule } from '../registration/registration.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { Accounts } from './accounts.js';
import { UserNames } from './user-names.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersQueries } from './users.queries.js';
import { UsersService } from './users.service.js';
import { ZoneRequestsQueries } from './zone-requests.queries.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([User]),
    AuthModule,
    PasswordsModule,
    RegistrationModule,
    SessionsModule,
    PastModule,
  ],
  controllers: [UsersController],
  providers: [UsersService, UsersQueries, ZoneRequestsQueries, UserNames, Accounts],
  exports: [Accounts, UserNames],
})
export class UsersModule {}
