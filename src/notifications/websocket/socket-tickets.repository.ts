import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type SessionToken } from '../../auth/access-tokens/token-authenticator.service.js';
import { Clock } from '../../core/clock.js';
import { Database } from '../../infrastructure/database/database.js';

/** Stores hashes of tickets in `socket_tickets`, which all replicas share. Bookkeeping, not audited. */
@Injectable()
export class SocketTicketsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Inserts a ticket that is valid for `seconds`, and deletes expired ones. */
  async insert(ticketHash: string, token: SessionToken, seconds: number): Promise<void> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + seconds * 1000);
    await this.database.rows(sql`WITH expired AS (DELETE FROM socket_tickets WHERE expires_at <= ${now})
      INSERT INTO socket_tickets (ticket_hash, user_id, session_id, token_expires, expires_at)
      VALUES (${ticketHash}, ${token.userId}, ${token.sessionId}, ${token.expires}, ${expiresAt})`);
  }

  /** Deletes a ticket. @returns its token; undefined where it is unknown, used or expired */
  redeem(ticketHash: string): Promise<SessionToken | undefined> {
    return this.database.row<SessionToken>(sql`WITH used AS (
        DELETE FROM socket_tickets WHERE ticket_hash = ${ticketHash} RETURNING *)
      SELECT user_id AS "userId", session_id AS "sessionId", token_expires::float8 AS expires FROM used
      WHERE expires_at > ${this.clock.now()}`);
  }
}
