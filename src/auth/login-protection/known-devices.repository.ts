import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Clock } from '../../core/clock.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';

/** The lifetime of the device cookie. */
const KEPT_MS = 365 * 86_400_000;
/** Bounds the rows of a client without cookies, which is a new device at each log-in. */
const PER_USER = 50;

/** Stores the devices that have signed in to an account before. Bookkeeping, not audited. */
@Injectable()
export class KnownDevicesRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param userId undefined for an unknown name, which runs the same statement */
  async isKnown(userId: number | undefined, deviceId: string | undefined): Promise<boolean> {
    if (deviceId === undefined) return false;
    const found = sql`SELECT FROM known_devices WHERE user_id = ${userId ?? 0} AND device_id = ${deviceId}::uuid`;
    return (await this.database.row(found)) !== undefined;
  }

  /** Stores a device of a user whom the transaction has locked. */
  async remember(tx: AuditedTransaction, userId: number, deviceId: string): Promise<void> {
    await tx.query(sql`INSERT INTO known_devices (user_id, device_id, last_seen)
      VALUES (${userId}, ${deviceId}::uuid, ${tx.now})
      ON CONFLICT (user_id, device_id) DO UPDATE SET last_seen = EXCLUDED.last_seen`);
    await tx.query(sql`DELETE FROM known_devices WHERE user_id = ${userId} AND device_id IN
      (SELECT device_id FROM known_devices WHERE user_id = ${userId} ORDER BY last_seen DESC OFFSET ${PER_USER})`);
  }

  /** @returns the number of deleted devices */
  async deleteExpired(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    return (await this.database.rows(sql`DELETE FROM known_devices WHERE last_seen < ${before} RETURNING 1`)).length;
  }
}
