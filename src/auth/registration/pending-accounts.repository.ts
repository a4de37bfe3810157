import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import sql from 'sql-template-tag';
import { LessThan, MoreThan, Repository } from 'typeorm';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { User } from '../../users/user.entity.js';

/** Finds and locks accounts whose address is not verified yet. */
@Injectable()
export class PendingAccountsRepository {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  /** @returns up to `limit` ids above `after`, in order, of pending accounts that were created before a time */
  async findCreatedBefore(time: Date, after: number, limit: number): Promise<number[]> {
    const where = { pending: true, createdAt: LessThan(time), id: MoreThan(after) };
    const found = await this.users.find({ select: { id: true }, where, order: { id: 'ASC' }, take: limit });
    return found.map(({ id }) => id);
  }

  /** Locks an account that is still pending. */
  async lock(tx: AuditedTransaction, id: number): Promise<User | undefined> {
    const [user] = await tx.lock(User, [id], sql`pending`);
    return user;
  }
}
