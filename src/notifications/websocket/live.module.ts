import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications.module.js';
import { SessionsModule } from '../../auth/sessions/sessions.module.js';
import { SignedInModule } from '../../auth/access-tokens/access-tokens.module.js';
import { LiveDelivery } from './live-delivery.js';
import { LiveSessions } from './live-sessions.js';
import { LiveSockets } from './live-sockets.js';
import { SocketTicketsController } from './socket-tickets.controller.js';
import { SocketTickets } from './socket-tickets.js';

/** Notifications as they happen, over `/ws/notifications/`. */
@Module({
  imports: [NotificationsModule, SessionsModule, SignedInModule],
  controllers: [SocketTicketsController],
  providers: [LiveSockets, LiveDelivery, LiveSessions, SocketTickets],
  exports: [LiveSockets],
})
export class LiveModule {}
