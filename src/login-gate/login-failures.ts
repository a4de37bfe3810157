import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { Config } from '../config/config.js';
import { Clock } from '../core/clock.js';
import { type LoginAttempt } from '../core/login-challenge.js';
import { networkOf } from '../core/network.js';
import { type Tx } from '../core/tx.js';
import { Database } from '../database/database.js';

/** What failures are counted by. */
export type Counter = 'address' | 'account' | 'device';

type Full = Partial<Record<Counter, boolean>>;

/**
 * The failed logins of the last minutes, in the database: they survive a restart and are those of all replicas.
 *
 * A device that holds or held a session of an account is judged by its own failures alone, so that no stranger, not even
 * one behind the same address, stands in the way of a user. Everybody else is judged by their address and by the account.
 */
@Injectable()
export class LoginFailures {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param device the cookie that came, if any */
  async attemptOf(ip: string, username: string, device: string | undefined): Promise<LoginAttempt> {
    // The database says which names are one, as it does when it looks for the user.
    const found = await this.database.row<{ name: string; known: boolean }>(sql`SELECT lower(${username}::text) AS name,
      EXISTS (SELECT FROM users u JOIN user_sessions s ON s.user_id = u.id
        WHERE lower(u.username) = lower(${username}::text) AND s.device_id = ${device ?? null}::uuid) AS known`);
    const account = createHmac('sha256', this.config.secretKey).update(`login\0${found?.name}`).digest('hex');
    return { ip, network: networkOf(ip), account, device: (found?.known && device) || null };
  }

  /** Whether this attempt may be made only with an answer. */
  async suspects(attempt: LoginAttempt): Promise<boolean> {
    const full = await this.database.row<Full>(this.full(attempt, judgedBy(attempt), this.clock.now()));
    return Object.values(full ?? {}).some(Boolean);
  }

  /**
   * Counts a failed login, unless others have filled the counters while the password was being verified: those of one
   * address or account are recorded one after the other, so that guesses made at once cannot outrun the count.
   *
   * @param answered the attempt was earned by an answer, so it counts in any case
   * @returns the counters that it filled; undefined if it was not counted, because the attempt should not have been made
   */
  async record(tx: Tx, attempt: LoginAttempt, answered: boolean): Promise<Counter[] | undefined> {
    await tx.query(this.oneAfterTheOther(attempt));
    const counters = countedBy(attempt);
    const read = async () => (await tx.query<Full>(this.full(attempt, counters, tx.now)))[0] ?? {};
    const before = await read();
    if (!answered && judgedBy(attempt).some((counter) => before[counter])) return undefined;
    const { network, account, device } = attempt;
    await tx.query(sql`INSERT INTO login_failures (network, account, device_id, failed_at)
      VALUES (${network}, ${account}, ${device}, ${tx.now})`);
    const after = await read();
    return counters.filter((counter) => after[counter] && !before[counter]);
  }

  /** A success forgets what it proves to be the user's own mistakes, and nothing that counts against others. */
  async forget(tx: Tx, { network, account, device }: LoginAttempt): Promise<void> {
    await tx.query(sql`DELETE FROM login_failures WHERE account = ${account} AND failed_at > ${this.since(tx.now)}
      AND (network = ${network} OR device_id = ${device})`);
  }

  /** Deletes failures that count no more. @returns how many */
  async forgetOld(): Promise<number> {
    const old = sql`DELETE FROM login_failures WHERE failed_at <= ${this.since(this.clock.now())} RETURNING 1`;
    return (await this.database.rows(old)).length;
  }

  private full(attempt: LoginAttempt, counters: readonly Counter[], now: Date): Sql {
    const { limit } = this.config.loginFailures;
    const rules = rulesFor(attempt, limit);
    const columns = counters.map((counter) => {
      const { where, full, name } = rules[counter];
      return sql`(SELECT ${full} FROM login_failures WHERE ${where} AND failed_at > ${this.since(now)}) AS ${name}`;
    });
    return sql`SELECT ${join(columns)}`;
  }

  private oneAfterTheOther(attempt: LoginAttempt): Sql {
    const { network, account, device } = attempt;
    const keys = [network, device ? `${account} ${device}` : account].map((key) => `login failure ${key}`);
    // In one order, which keeps two transactions from waiting for each other.
    return sql`SELECT pg_advisory_xact_lock(key)
      FROM (SELECT hashtextextended(k, 0) AS key FROM unnest(${keys}::text[]) AS k ORDER BY 1) AS keys`;
  }

  private since(now: Date): Date {
    return new Date(now.getTime() - this.config.loginFailures.windowMs);
  }
}

/** Contract: by address and, separately, by account. */
const judgedBy = ({ device }: LoginAttempt): Counter[] => (device ? ['device'] : ['address', 'account']);

/** Failures of a known device count for its address as well, but are no attack of strangers on the account. */
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
    // From one address alone it is that address which is suspect, not whoever else signs in to the account.
    account: {
      name: sql`account`,
      where: sql`account = ${account} AND device_id IS NULL`,
      full: sql`${full} AND count(DISTINCT network) > 1`,
    },
    device: { name: sql`device`, where: sql`account = ${account} AND device_id = ${device}`, full },
  };
}
