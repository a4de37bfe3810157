import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { Clock } from '../../core/clock.js';
import { type LoginAttempt } from './captcha.provider.js';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { KnownDevicesRepository } from './known-devices.repository.js';
import { DAY_MS, paceOf, type Guesses, type Pace } from './login-pace.js';

/** Keys that failures are counted by. */
export type Counter = 'address' | 'account' | 'device';

type FullCounters = Partial<Record<Counter, boolean>>;

/** The account of a log-in attempt: a user, or a name that no user has. */
export interface GuessedAccount {
  readonly username: string;
  /** Undefined for an unknown name. */
  readonly userId: number | undefined;
}

/** The effect of a counted failure. */
export interface RecordedFailure {
  /** The counters that reached their limit by it. */
  readonly filled: readonly Counter[];
  /** True where the account is locked from now on. */
  readonly locked: boolean;
}

/**
 * Stores the failed log-ins of the last day, for all replicas. Bookkeeping, not audited.
 *
 * A device that has signed in to an account before is judged by its own failures alone, so that strangers cannot lock
 * out a user, even from the same address. Other attempts are judged by their address and by the account.
 */
@Injectable()
export class LoginFailures {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly devices: KnownDevicesRepository,
  ) {}

  /** @param device id from the signed cookie, if any */
  async attemptOf(ip: string, { username, userId }: GuessedAccount, device: string | undefined): Promise<LoginAttempt> {
    const known = await this.devices.isKnown(userId, device);
    return {
      ip,
      network: networkPrefixOf(ip),
      account: await this.accountKey(username, userId),
      device: known && device ? device : null,
    };
  }

  /** Computes the pace of an attempt. */
  async pace(attempt: LoginAttempt): Promise<Pace> {
    const now = this.clock.now();
    return this.paceIn((await this.database.row<Guesses>(this.guesses(attempt, now))) as Guesses, attempt, now);
  }

  /**
   * Counts an attempt before its password is verified, so that of guesses made at once only one is admitted.
   *
   * @returns the id of its row; or the pace, where other attempts were faster
   */
  async reserve(tx: AuditedTransaction, attempt: LoginAttempt): Promise<string | Pace> {
    await tx.query(this.lockAttempt(attempt));
    const [guesses] = await tx.query<Guesses>(this.guesses(attempt, tx.now));
    const pace = this.paceIn(guesses as Guesses, attempt, tx.now);
    return pace.lockedMs > 0 || pace.waitMs > 0 ? pace : this.insert(tx, attempt);
  }

  /** Deletes the row of a reservation. */
  async release(id: string): Promise<void> {
    await this.database.rows(sql`DELETE FROM login_failures WHERE id = ${id}`);
  }

  /** Decides that an attempt needs the answer to a captcha. */
  async requiresChallenge(attempt: LoginAttempt): Promise<boolean> {
    const full = await this.database.row<FullCounters>(this.fullSql(attempt, judgedBy(attempt), this.clock.now()));
    return Object.values(full ?? {}).some(Boolean);
  }

  /**
   * Counts a failed log-in, unless other failures filled the counters while the password was verified. Failures of one
   * address or account are recorded one after the other, so that concurrent guesses cannot outrun the count.
   *
   * @param earned true where an answer or a reservation admitted the attempt, which then counts in any case
   * @returns undefined where it was not counted, since the attempt should not have been admitted
   */
  async record(
    tx: AuditedTransaction,
    attempt: LoginAttempt,
    earned: boolean,
    reservation?: string,
  ): Promise<RecordedFailure | undefined> {
    await tx.query(this.lockAttempt(attempt));
    if (reservation !== undefined) await tx.query(sql`DELETE FROM login_failures WHERE id = ${reservation}`);
    const counters = countedBy(attempt);
    const read = async () => (await tx.query<FullCounters>(this.fullSql(attempt, counters, tx.now)))[0] ?? {};
    const before = await read();
    if (!earned && judgedBy(attempt).some((counter) => before[counter])) return undefined;
    await this.insert(tx, attempt);
    const after = await read();
    const filled = counters.filter((counter) => after[counter] && !before[counter]);
    return { filled, locked: await this.lockIfExhausted(tx, attempt) };
  }

  /** Deletes the failures that a success proves to be the user's own, and none of other devices and addresses. */
  async reset(tx: AuditedTransaction, { network, account, device }: LoginAttempt): Promise<void> {
    await tx.query(sql`DELETE FROM login_failures WHERE account = ${account} AND failed_at > ${dayBefore(tx.now)}
      AND (network = ${network} OR device_id = ${device})`);
  }

  /** Deletes failures and locks of an account, after its password was replaced. */
  async unlock(tx: AuditedTransaction, account: GuessedAccount): Promise<void> {
    const key = await this.accountKey(account.username, account.userId);
    await tx.query(sql`DELETE FROM login_failures WHERE account = ${key}`);
    await tx.query(sql`DELETE FROM login_locks WHERE account = ${key}`);
  }

  /** Deletes failures and locks that have expired. @returns how many */
  async purgeExpired(): Promise<number> {
    const now = this.clock.now();
    const failures = sql`DELETE FROM login_failures WHERE failed_at <= ${dayBefore(now)} RETURNING 1`;
    const locks = sql`DELETE FROM login_locks WHERE until <= ${now} RETURNING 1`;
    return (await this.database.rows(failures)).length + (await this.database.rows(locks)).length;
  }

  /** Hashes the id of a user, or a name that no user has in the form that the database compares. */
  private async accountKey(username: string, userId: number | undefined): Promise<string> {
    // Also runs for users, so that the response time does not show whether a name exists.
    const row = await this.database.row<{ name: string }>(sql`SELECT name_key(${username}::text) AS name`);
    const account = userId === undefined ? `login\0${row?.name}` : `login user\0${userId}`;
    return createHmac('sha256', this.config.secretKey).update(account).digest('hex');
  }

  private guesses({ network, account, device }: LoginAttempt, now: Date): Sql {
    const day = dayBefore(now);
    const window = this.since(now);
    return sql`SELECT g.*, s.*, l.* FROM
      (SELECT count(*)::int AS total, max(failed_at) AS last,
          (count(*) FILTER (WHERE network = ${network}))::int AS own,
          max(failed_at) FILTER (WHERE network = ${network}) AS "ownLast",
          (count(DISTINCT network) FILTER (WHERE network <> ${network}))::int AS networks
        FROM login_failures
        WHERE account = ${account} AND device_id IS NOT DISTINCT FROM ${device}::uuid AND failed_at > ${day}) g,
      (SELECT count(*)::int AS spread, max(failed_at) AS "spreadLast"
        FROM login_failures WHERE network = ${network} AND failed_at > ${window}) s,
      (SELECT max(until) AS "lockedUntil" FROM login_locks
        WHERE account = ${account} AND device_id IS NOT DISTINCT FROM ${device}::uuid AND until > ${now}) l`;
  }

  private paceIn(guesses: Guesses, attempt: LoginAttempt, now: Date): Pace {
    return paceOf(guesses, attempt, this.config.loginFailures.limit, now);
  }

  private async insert(tx: AuditedTransaction, { network, account, device }: LoginAttempt): Promise<string> {
    const [row] = await tx.query<{ id: string }>(sql`INSERT INTO login_failures (network, account, device_id, failed_at)
      VALUES (${network}, ${account}, ${device}, ${tx.now}) RETURNING id::text AS id`);
    return (row as { id: string }).id;
  }

  /** @returns true where this failure exhausted the limit of the day */
  private async lockIfExhausted(tx: AuditedTransaction, { account, device }: LoginAttempt): Promise<boolean> {
    const locked = await tx.query(sql`INSERT INTO login_locks AS l (account, device_id, until)
      SELECT ${account}, ${device}::uuid, ${new Date(tx.now.getTime() + DAY_MS)} FROM login_failures
        WHERE account = ${account} AND device_id IS NOT DISTINCT FROM ${device}::uuid AND failed_at > ${dayBefore(tx.now)}
        HAVING count(*) >= ${this.config.loginFailures.perDay}
      ON CONFLICT ON CONSTRAINT login_locks_key DO UPDATE SET until = EXCLUDED.until WHERE l.until <= ${tx.now}
      RETURNING 1`);
    return locked.length > 0;
  }

  private fullSql(attempt: LoginAttempt, counters: readonly Counter[], now: Date): Sql {
    const { limit } = this.config.loginFailures;
    const rules = rulesFor(attempt, limit);
    const columns = counters.map((counter) => {
      const { where, full, name } = rules[counter];
      return sql`(SELECT ${full} FROM login_failures WHERE ${where} AND failed_at > ${this.since(now)}) AS ${name}`;
    });
    return sql`SELECT ${join(columns)}`;
  }

  private lockAttempt(attempt: LoginAttempt): Sql {
    const { network, account, device } = attempt;
    const keys = [network, device ? `${account} ${device}` : account].map((key) => `login failure ${key}`);
    // One order of locks prevents deadlocks.
    return sql`SELECT pg_advisory_xact_lock(key)
      FROM (SELECT hashtextextended(k, 0) AS key FROM unnest(${keys}::text[]) AS k ORDER BY 1) AS keys`;
  }

  private since(now: Date): Date {
    return new Date(now.getTime() - this.config.loginFailures.windowMs);
  }
}

const dayBefore = (now: Date): Date => new Date(now.getTime() - DAY_MS);

/** By address and, separately, by account (contract). */
const judgedBy = ({ device }: LoginAttempt): Counter[] => (device ? ['device'] : ['address', 'account']);

/** Failures of a known device count for its address, but not as an attack on the account. */
const countedBy = ({ device }: LoginAttempt): Counter[] => ['address', device ? 'device' : 'account'];

interface Rule {
  readonly name: Sql;
  readonly where: Sql;
  readonly full: Sql;
}

function rulesFor({ network, account, device }: LoginAttempt, limit: number): Record<Counter, Rule> {
  const full = sql`count(*) >= ${limit}`;
  return {
    address: { name: sql`address`, where: sql`network = ${network}`, full },
    // Failures from one address alone count against that address, not against the account.
    account: {
      name: sql`account`,
      where: sql`account = ${account} AND device_id IS NULL`,
      full: sql`${full} AND count(DISTINCT network) > 1`,
    },
    device: { name: sql`device`, where: sql`account = ${account} AND device_id = ${device}`, full },
  };
}
