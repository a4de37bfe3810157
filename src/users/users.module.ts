import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PastModule } from '../audit/point-in-time/point-in-time.module.js';
import { UserNames } from './user-names.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersQueries } from './users.queries.js';
import { UsersService } from './users.service.js';
import { ZoneRequestsQueries } from './zone-requests.queries.js';

@Module({
  imports: [TypeOrmModule.forFeature([User]), PastModule],
  controllers: [UsersController],
  providers: [UsersService, UsersRepository, UsersQueries, ZoneRequestsQueries, UserNames],
  exports: [UsersRepository, UsersQueries, UserNames],
})
export class UsersModule {}
