import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications.module.js';
import { SessionsModule } from '../../auth/sessions/sessions.module.js';
import { AccessTokensModule } from '../../auth/access-tokens/access-tokens.module.js';
import { NotificationDelivery } from './notification-delivery.service.js';
import { SessionEndSubscriber } from './session-end.subscriber.js';
import { NotificationGateway } from './notification.gateway.js';
import { SocketTicketsController } from './socket-tickets.controller.js';
import { SocketTicketsRepository } from './socket-tickets.repository.js';
import { SocketTicketsService } from './socket-tickets.service.js';
import { ClientCommandsService } from './client-commands.service.js';
import { SocketAuthenticator } from './socket-authenticator.service.js';
import { TaskChangePublisher } from './task-change.publisher.js';
import { TaskStream } from './task-stream.service.js';
import { TaskStreamInterest } from './task-stream-interest.js';
import { TaskStreamQueries } from './task-stream.queries.js';

/** Delivers notifications in real time over `/ws/notifications/`. */
@Module({
  imports: [NotificationsModule, SessionsModule, AccessTokensModule],
  controllers: [SocketTicketsController],
  providers: [
    NotificationGateway,
    NotificationDelivery,
    ClientCommandsService,
    SessionEndSubscriber,
    SocketAuthenticator,
    SocketTicketsService,
    SocketTicketsRepository,
    TaskChangePublisher,
    TaskStream,
    TaskStreamInterest,
    TaskStreamQueries,
  ],
  exports: [NotificationGateway],
})
export class WebSocketModule {}
