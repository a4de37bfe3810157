import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Role } from '../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Session } from './session.entity.js';

/** The user of a session. */
export interface SessionOwner {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
}

/** The user of a session as it is until the end of the transaction. */
export interface KeptUser {
  readonly hashedPassword: string;
  readonly role: Role;
}

/** Finds and locks sessions within a transaction; `SessionsQueries` reads them for their owner. */
@Injectable()
export class SessionsRepository {
  async lock(tx: AuditedTransaction, id: number): Promise<Session | undefined> {
    const [session] = await tx.lock(Session, [id]);
    return session;
  }

  /** Locks a session that has not ended, of one user where `userId` is given. */
  async lockActive(tx: AuditedTransaction, id: number, userId?: number): Promise<Session | undefined> {
    const owned = userId === undefined ? sql`ended_at IS NULL` : sql`user_id = ${userId} AND ended_at IS NULL`;
    const [session] = await tx.lock(Session, [id], owned);
    return session;
  }

  /**
   * Keeps a session from being ended, and the password and the role of its user from being replaced, before the end of the
   * transaction. Locks the user first, as changes of passwords do.
   *
   * @returns undefined where the session is not active any more
   */
  async keepActive(tx: AuditedTransaction, id: number): Promise<KeptUser | undefined> {
    const [user] =
      await tx.query<KeptUser>(sql`SELECT u.hashed_password AS "hashedPassword", u.role FROM user_sessions s
      JOIN users u ON u.id = s.user_id
      WHERE s.id = ${id} AND s.ended_at IS NULL AND s.expires_at > ${tx.now} FOR KEY SHARE OF u, s`);
    return user;
  }

  /** Locks the sessions of a user that have neither ended nor expired. */
  async lockAllActive(tx: AuditedTransaction, userId: number): Promise<Session[]> {
    const found = await tx.query<{ id: number }>(
      sql`SELECT id FROM user_sessions WHERE user_id = ${userId} AND ended_at IS NULL AND expires_at > ${tx.now}`,
    );
    const ids = found.map(({ id }) => id);
    return tx.lock(Session, ids, sql`ended_at IS NULL`);
  }

  async findActiveOwner(tx: AuditedTransaction, userId: number): Promise<SessionOwner | undefined> {
    const [owner] = await tx.query<SessionOwner>(
      sql`SELECT id, username, role FROM users WHERE id = ${userId} AND is_active`,
    );
    return owner;
  }

  /**
   * Looks for earlier sessions of a user on the device of the request, by its cookie or, since a sign-out deletes the
   * cookie, by IP address and user agent.
   *
   * @returns null where the user had no session at all
   */
  async isKnownDevice(tx: AuditedTransaction, userId: number, deviceId: string): Promise<boolean | null> {
    const { ip, userAgent } = tx.principal.requestContext;
    const [known] = await tx.query<{ device: boolean | null }>(sql`SELECT bool_or(device_id = ${deviceId}::uuid
        OR (ip_address, user_agent) IS NOT DISTINCT FROM (${ip}::text, ${userAgent}::text)) AS device
      FROM user_sessions WHERE user_id = ${userId}`);
    return known?.device ?? null;
  }

  /** Completes a new session, whose id is part of its refresh token. */
  async setRefreshTokenHash(tx: AuditedTransaction, id: number, hash: string): Promise<void> {
    await tx.query(sql`UPDATE user_sessions SET refresh_token_hash = ${hash} WHERE id = ${id}`);
  }
}

/**
 * Selects the sessions that ended before a time. The last session of each user stays: without it, the first log-in of a
 * thief would look like the first log-in ever.
 */
export const endedSessionIds = (before: Date): Sql => sql`SELECT s.id FROM user_sessions s
  WHERE least(s.ended_at, s.expires_at) < ${before}
    AND EXISTS (SELECT FROM user_sessions later WHERE later.user_id = s.user_id AND later.id > s.id)`;
