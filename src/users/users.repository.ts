import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import sql from 'sql-template-tag';
import { Repository } from 'typeorm';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { Database } from '../infrastructure/database/database.js';
import { User } from './user.entity.js';

type Standing = Pick<User, 'role' | 'isActive' | 'timeZone'>;

/** Finds and locks users, whoever asks: what an actor may read of users stands in `UsersQueries`. */
@Injectable()
export class UsersRepository {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly database: Database,
  ) {}

  /** @throws EntityNotFoundError where there is no such user */
  findById(id: number): Promise<User> {
    return this.users.findOneByOrFail({ id });
  }

  findActive(id: number): Promise<User | null> {
    return this.users.findOneBy({ id, isActive: true });
  }

  /** Of several with one name only pending ones, which cannot sign in, are not the first. */
  findByName(username: string): Promise<User | null> {
    const named = this.users.createQueryBuilder('u').where('lower(u.username) = lower(:username)', { username });
    return named.orderBy('u.pending').addOrderBy('u.id', 'DESC').limit(1).getOne();
  }

  /** @returns the columns that managers change; undefined where there is no such user */
  standingOf(id: number): Promise<Standing | undefined> {
    return this.database.row(
      sql`SELECT role, is_active AS "isActive", timezone AS "timeZone" FROM users WHERE id = ${id}`,
    );
  }

  /** Whether an address, in either case, is that of the user. */
  async hasAddress(id: number, email: string): Promise<boolean> {
    const found = sql`SELECT FROM users WHERE id = ${id} AND lower(email) = lower(${email})`;
    return (await this.database.row(found)) !== undefined;
  }

  /** Whether an address is that of a user who is not pending. */
  async isAddressTaken(tx: AuditedTransaction, email: string): Promise<boolean> {
    const found = await tx.query(sql`SELECT FROM users WHERE lower(email) = lower(${email}) AND NOT pending`);
    return found.length > 0;
  }

  /** Locks a user who is active; undefined for anybody else. */
  async lockActive(tx: AuditedTransaction, id: number): Promise<User | undefined> {
    return (await tx.lock(User, [id], sql`is_active`))[0];
  }

  /** Locks an active user whose password is still the one that was read; undefined where either has changed meanwhile. */
  async lockUnchanged(tx: AuditedTransaction, { id, hashedPassword }: User): Promise<User | undefined> {
    const current = await this.lockActive(tx, id);
    return current?.hashedPassword === hashedPassword ? current : undefined;
  }

  /** Locks the user of a name, who is not pending. */
  async lockByName(tx: AuditedTransaction, username: string): Promise<User | undefined> {
    const found = sql`SELECT id FROM users WHERE lower(username) = lower(${username}) AND NOT pending`;
    return (await tx.lock(User, await idsOf(tx, found)))[0];
  }

  /** Locks the active user of an address, one who is not pending before all others. */
  async lockByAddress(tx: AuditedTransaction, email: string): Promise<User | undefined> {
    const found = sql`SELECT id FROM users WHERE lower(email) = lower(${email}) ORDER BY pending, id DESC LIMIT 1`;
    const ids = await idsOf(tx, found);
    return (await tx.lock(User, ids, sql`is_active AND lower(email) = lower(${email})`))[0];
  }

  /** Locks all active managers in the order of their ids. @returns the ids */
  lockActiveManagers(tx: AuditedTransaction): Promise<number[]> {
    return idsOf(tx, sql`SELECT id FROM users WHERE role = 'manager' AND is_active ORDER BY id FOR UPDATE`);
  }
}

const idsOf = async (tx: AuditedTransaction, statement: ReturnType<typeof sql>): Promise<number[]> =>
  (await tx.query<{ id: number }>(statement)).map(({ id }) => id);
