import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database } from '../../infrastructure/database/database.js';
import { type Recipient } from './security-alert.templates.js';

/** A session as an alert describes it. */
export interface AlertedSession {
  readonly userId: number;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Reads recipients and sessions when an alert is rendered. */
@Injectable()
export class SecurityAlertsRepository {
  constructor(private readonly database: Database) {}

  findSession(id: number): Promise<AlertedSession | undefined> {
    return this.database.row<AlertedSession>(
      sql`SELECT user_id AS "userId", ip_address AS ip, user_agent AS "userAgent" FROM user_sessions WHERE id = ${id}`,
    );
  }

  findRecipient(userId: number): Promise<Recipient | undefined> {
    return this.database.row<Recipient>(
      sql`SELECT username, email, timezone AS "timeZone" FROM users WHERE id = ${userId}`,
    );
  }
}
