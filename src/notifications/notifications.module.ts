import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Notification } from './notification.entity.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsQueries } from './notifications.queries.js';
import { NotificationsRepository } from './notifications.repository.js';
import { NotificationsService } from './notifications.service.js';
import { NotifiedFactEntry } from './notified-fact.entity.js';
import { RecordNotificationsRepository } from './record-notifications.repository.js';
import { TaskNotificationsHandler } from './task-notifications.handler.js';

@Module({
  imports: [TypeOrmModule.forFeature([Notification, NotifiedFactEntry])],
  controllers: [NotificationsController],
  providers: [
    NotificationsService,
    NotificationsRepository,
    NotificationsQueries,
    RecordNotificationsRepository,
    TaskNotificationsHandler,
  ],
  exports: [NotificationsService, NotificationsQueries, RecordNotificationsRepository],
})
export class NotificationsModule {}
