import { Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Can, signedIn } from '../../core/authorization/can.decorator.js';
import { Me, type Actor } from '../../core/authorization/actor.js';
import { Documents } from '../../core/http/api-docs.decorators.js';
import { SocketTicket } from './socket-tickets.dto.js';
import { SocketTickets, TICKET_SECONDS } from './socket-tickets.js';

@ApiTags('notifications')
@Controller('auth/socket-ticket')
export class SocketTicketsController {
  constructor(private readonly tickets: SocketTickets) {}

  @Post()
  @Can(signedIn)
  @Documents({
    summary: 'Get a ticket for the WebSocket',
    description:
      'Opens `/ws/notifications/?ticket=…` once, within 30 seconds. The socket ends with the access token of this request.',
    status: 201,
    answer: SocketTicket,
  })
  async issueSocketTicket(@Me() me: Actor, @Req() { tokenExpires = 0 }: FastifyRequest): Promise<SocketTicket> {
    return { ticket: await this.tickets.issue(me, tokenExpires), expires_in: TICKET_SECONDS };
  }
}
