import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import sql, { join } from 'sql-template-tag';
import { Repository } from 'typeorm';
import { type Actor } from '../core/authorization/actor.js';
import { judged, shownRecords } from '../core/authorization/restriction.sql.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type QueryFn } from '../core/persistence/prepared-statements.js';
import { Database } from '../infrastructure/database/database.js';
import { User } from './user.entity.js';

type ManagedFields = Pick<User, 'role' | 'isActive' | 'timeZone' | 'requestedTimeZone'>;

/** The columns of an account that verification judges. */
export type AccountFields = Pick<User, 'username' | 'email' | 'pending' | 'hashedPassword'>;

/** Finds and locks users without a check of who may see them; `UsersQueries` reads users for an actor. */
@Injectable()
export class UsersRepository {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly database: Database,
  ) {}

  /** @throws EntityNotFoundError */
  findById(id: number): Promise<User> {
    return this.users.findOneByOrFail({ id });
  }

  findActive(id: number): Promise<User | null> {
    return this.users.findOneBy({ id, isActive: true });
  }

  /** Prefers a user who is not pending: pending ones of the same name cannot sign in. */
  findByName(username: string): Promise<User | null> {
    const named = this.users.createQueryBuilder('u').where('lower(u.username) = lower(:username)', { username });
    return named.orderBy('u.pending').addOrderBy('u.id', 'DESC').limit(1).getOne();
  }

  /** @returns the active manager, where there is just one */
  async findOnlyManager(): Promise<User | null> {
    const managers = await this.users.find({ where: { role: 'manager', isActive: true, pending: false }, take: 2 });
    return managers.length === 1 ? (managers[0] ?? null) : null;
  }

  findAccountFields(id: number): Promise<AccountFields | null> {
    return this.users.findOne({
      select: { username: true, email: true, pending: true, hashedPassword: true },
      where: { id },
    });
  }

  /** Reads the columns that managers change. */
  findManagedFields(id: number): Promise<ManagedFields | null> {
    const select = { role: true, isActive: true, timeZone: true, requestedTimeZone: true } as const;
    return this.users.findOne({ select, where: { id } });
  }

  /** Finds an active user, judged by what narrows the actor, for the policies of users. */
  async findActiveJudged(actor: Actor, id: number): Promise<User | undefined> {
    const found = await this.findActive(id);
    const [user] = await judged(this.database.query, actor, found ? [found] : []);
    return user;
  }

  /** True where narrowings leave the user with an id to the actor, whether or not there is one. */
  async isLeftTo(actor: Actor, id: number): Promise<boolean> {
    const shown = shownRecords(actor, 'user', 'wanted.id');
    if (shown.length === 0) return true;
    const found = await this.database.query(
      sql`SELECT FROM (SELECT ${id}::int AS id) wanted WHERE ${join(shown, ' AND ')}`,
    );
    return found.length > 0;
  }

  /**
   * Resolves user ids to names. A user who is gone has the last name in the audit trail.
   *
   * @param query runs the statement, on the pool by default
   */
  async findNames(ids: readonly string[], query: QueryFn = this.database.query): Promise<[string, string][]> {
    const found = await query<{ id: string; name: string }>(sql`SELECT wanted.id::text, coalesce(u.username,
        (SELECT a.entity_name FROM audit_trail a WHERE a.entity_type = 'user' AND a.entity_id = wanted.id
          AND a.entity_name IS NOT NULL ORDER BY a.id DESC LIMIT 1), 'user ' || wanted.id) AS name
      FROM unnest(${ids}::int[]) AS wanted(id) LEFT JOIN users u ON u.id = wanted.id`);
    return found.map(({ id, name }) => [id, name]);
  }

  /** Compares an address with the user's as it is written. */
  hasAddress(id: number, email: string): Promise<boolean> {
    return this.users.existsBy({ id, email });
  }

  /** Looks for another user with the address who is not pending. */
  async isAddressTaken(tx: AuditedTransaction, email: string, userId: number): Promise<boolean> {
    const found = await tx.query(sql`SELECT FROM users
      WHERE lower(email) = lower(${email}) AND NOT pending AND id <> ${userId}`);
    return found.length > 0;
  }

  /** Locks a user, judged by what narrows the principal, for the policies of users. */
  async lock(tx: AuditedTransaction, id: number): Promise<User | undefined> {
    const [user] = await judged((statement) => tx.query(statement), tx.principal, await tx.lock(User, [id]));
    return user;
  }

  async lockActive(tx: AuditedTransaction, id: number): Promise<User | undefined> {
    const [user] = await tx.lock(User, [id], sql`is_active`);
    return user;
  }

  lockAllActive(tx: AuditedTransaction, ids: readonly number[]): Promise<User[]> {
    return tx.lock(User, ids, sql`is_active`);
  }

  /** Locks an active user, or returns undefined where the password was changed or the user disabled since `user` was read. */
  async lockUnchanged(tx: AuditedTransaction, { id, hashedPassword }: User): Promise<User | undefined> {
    const current = await this.lockActive(tx, id);
    return current?.hashedPassword === hashedPassword ? current : undefined;
  }

  /** Locks the user with a name who is not pending. */
  async lockByName(tx: AuditedTransaction, username: string): Promise<User | undefined> {
    const found = sql`SELECT id FROM users WHERE lower(username) = lower(${username}) AND NOT pending`;
    const ids = await idsOf(tx, found);
    const [user] = await tx.lock(User, ids);
    return user;
  }

  /** Locks the active user with an address, preferring one who is not pending. */
  async lockByAddress(tx: AuditedTransaction, email: string): Promise<User | undefined> {
    const found = sql`SELECT id FROM users WHERE lower(email) = lower(${email}) ORDER BY pending, id DESC LIMIT 1`;
    const ids = await idsOf(tx, found);
    const [user] = await tx.lock(User, ids, sql`is_active AND lower(email) = lower(${email})`);
    return user;
  }

  /** Locks a user and all active managers, without pending accounts, in the order of their ids. @returns the ids of the managers */
  async lockWithManagers(tx: AuditedTransaction, id: number): Promise<number[]> {
    const isManager = sql`(role = 'manager' AND is_active AND NOT pending)`;
    const locked = await tx.query<{ id: number; isManager: boolean }>(
      sql`SELECT id, ${isManager} AS "isManager" FROM users WHERE id = ${id} OR ${isManager} ORDER BY id FOR UPDATE`,
    );
    return locked.filter((user) => user.isManager).map((user) => user.id);
  }

  /** Keeps password, role and activation of a user from being changed before the end of the transaction. */
  async keep(tx: AuditedTransaction, id: number): Promise<void> {
    await tx.query(sql`SELECT FROM users WHERE id = ${id} FOR KEY SHARE`);
  }
}

const idsOf = async (tx: AuditedTransaction, statement: ReturnType<typeof sql>): Promise<number[]> =>
  (await tx.query<{ id: number }>(statement)).map(({ id }) => id);
