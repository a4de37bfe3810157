import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { User } from '../../users/user.entity.js';

/** Finds and locks accounts whose address is not verified yet. */
@Injectable()
export class PendingAccountsRepository {
  constructor(private readonly database: Database) {}

  /** @returns up to `limit` ids above `after`, in order, of pending accounts that were created before a time */
  async findCreatedBefore(time: Date, after: number, limit: number): Promise<number[]> {
    const rows = await this.database.rows<{ id: number }>(sql`SELECT id FROM users
        WHERE pending AND created_at < ${time} AND id > ${after} ORDER BY id LIMIT ${limit}`);
    return rows.map(({ id }) => id);
  }

  /** Locks an account that is still pending. */
  async lock(tx: AuditedTransaction, id: number): Promise<User | undefined> {
    const [user] = await tx.lock(User, [id], sql`pending`);
    return user;
  }
}
