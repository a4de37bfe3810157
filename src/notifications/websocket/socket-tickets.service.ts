import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type SessionToken } from '../../auth/access-tokens/token-authenticator.service.js';
import { hashToken } from '../../auth/sessions/refresh-token.js';
import { type Actor } from '../../core/authorization/actor.js';
import { SocketTicketsRepository } from './socket-tickets.repository.js';

export const TICKET_SECONDS = 30;

/** Issues single-use tickets for the WebSocket, since browsers cannot set its headers and URLs end up in logs. */
@Injectable()
export class SocketTicketsService {
  constructor(private readonly repository: SocketTicketsRepository) {}

  /** @param tokenExpires expiry of the access token of the request, in seconds since 1970 */
  async issue({ id, sessionId }: Actor, tokenExpires: number): Promise<string> {
    const ticket = randomBytes(32).toString('base64url');
    await this.repository.insert(hashToken(ticket), { userId: id, sessionId, expires: tokenExpires }, TICKET_SECONDS);
    return ticket;
  }

  /** Uses up a ticket. @returns undefined where it is unknown, used or expired */
  redeem(ticket: string): Promise<SessionToken | undefined> {
    return this.repository.redeem(hashToken(ticket));
  }
}
