import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { Database } from '../../infrastructure/database/database.js';
import { hashToken } from '../../auth/sessions/refresh-token.js';
import { type SessionToken } from '../../auth/access-tokens/token-authenticator.service.js';

export const TICKET_SECONDS = 30;

/**
 * Single-use tickets for the WebSocket, since browsers can give it no header and an address ends up in logs. In the
 * database: the socket may be opened on another replica than the one that issued the ticket.
 */
@Injectable()
export class SocketTickets {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param tokenExpires when the access token of the request expires, in seconds since 1970 */
  async issue({ id, sessionId }: Actor, tokenExpires: number): Promise<string> {
    const ticket = randomBytes(32).toString('base64url');
    const now = this.clock.now();
    const expires = new Date(now.getTime() + TICKET_SECONDS * 1000);
    await this.database.rows(sql`WITH expired AS (DELETE FROM socket_tickets WHERE expires_at <= ${now})
      INSERT INTO socket_tickets (ticket_hash, user_id, session_id, token_expires, expires_at)
      VALUES (${hashToken(ticket)}, ${id}, ${sessionId}, ${tokenExpires}, ${expires})`);
    return ticket;
  }

  /** Uses a ticket up. @returns undefined for one that is unknown, used or expired */
  redeem(ticket: string): Promise<SessionToken | undefined> {
    return this.database.row<SessionToken>(sql`WITH used AS (
        DELETE FROM socket_tickets WHERE ticket_hash = ${hashToken(ticket)} RETURNING *)
      SELECT user_id AS "userId", session_id AS "sessionId", token_expires::float8 AS expires FROM used
      WHERE expires_at > ${this.clock.now()}`);
  }
}
