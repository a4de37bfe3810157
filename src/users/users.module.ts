import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PointInTimeModule } from '../audit/point-in-time/point-in-time.module.js';
import { UsernameCache } from './username.cache.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersQueries } from './users.queries.js';
import { UsersService } from './users.service.js';
import { ZoneRequestsQueries } from './zone-requests.queries.js';

@Module({
  imports: [TypeOrmModule.forFeature([User]), PointInTimeModule],
  controllers: [UsersController],
  providers: [UsersService, UsersRepository, UsersQueries, ZoneRequestsQueries, UsernameCache],
  exports: [UsersRepository, UsersQueries, UsernameCache],
})
export class UsersModule {}
