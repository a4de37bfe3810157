import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications.module.js';
import { SessionsModule } from '../../auth/sessions/sessions.module.js';
import { AccessTokensModule } from '../../auth/access-tokens/access-tokens.module.js';
import { NotificationDelivery } from './notification-delivery.service.js';
import { SessionEndSubscriber } from './session-end.subscriber.js';
import { NotificationGateway } from './notification.gateway.js';
import { SocketTicketsController } from './socket-tickets.controller.js';
import { SocketTicketsRepository } from './socket-tickets.repository.js';
import { SocketTickets } from './socket-tickets.service.js';

/** Delivers notifications in real time over `/ws/notifications/`. */
@Module({
  imports: [NotificationsModule, SessionsModule, AccessTokensModule],
  controllers: [SocketTicketsController],
  providers: [NotificationGateway, NotificationDelivery, SessionEndSubscriber, SocketTickets, SocketTicketsRepository],
  exports: [NotificationGateway],
})
export class WebSocketModule {}
