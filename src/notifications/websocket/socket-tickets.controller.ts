import { Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Can, anyAuthenticatedUser } from '../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { ApiRoute } from '../../core/http/api-docs.decorators.js';
import { NoIdempotencyKey } from '../../core/http/idempotency.decorators.js';
import { SocketTicket } from './socket-tickets.dto.js';
import { SocketTicketsService, TICKET_SECONDS } from './socket-tickets.service.js';

@ApiTags('notifications')
@Controller('auth/socket-ticket')
export class SocketTicketsController {
  constructor(private readonly tickets: SocketTicketsService) {}

  @Post()
  @Can(anyAuthenticatedUser)
  @NoIdempotencyKey('its answer is a secret, which is not stored; get another ticket')
  @ApiRoute({
    summary: 'Get a ticket for the WebSocket',
    description:
      'Opens `/ws/notifications/?ticket=…` once, within 30 seconds. The socket ends with the access token of this request.',
    status: 201,
    response: SocketTicket,
  })
  async issueSocketTicket(
    @CurrentUser() actor: Actor,
    @Req() { tokenExpires = 0 }: FastifyRequest,
  ): Promise<SocketTicket> {
    return { ticket: await this.tickets.issue(actor, tokenExpires), expires_in: TICKET_SECONDS };
  }
}
