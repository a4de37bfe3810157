import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import sql from 'sql-template-tag';
import { Repository } from 'typeorm';
import { Config } from '../config/config.js';
import { type Actor, type Author } from '../core/actor.js';
import { Change } from '../core/change.js';
import { busy, Problem } from '../core/problem.js';
import { type Tx } from '../core/tx.js';
import { LoginGate, type Credit, type Entry } from '../login-gate/login-gate.js';
import { DEMO_PASSWORD } from '../passwords/demo-password.js';
import { hashKind, Passwords } from '../passwords/passwords.js';
import { SessionsService, type Tokens } from '../sessions/sessions.service.js';
import { named, User } from '../users/user.entity.js';
import { type Credentials } from './auth.dto.js';
import { AuthProblem } from './auth.events.js';

const ATTEMPTS = 3;

/** Signing in and out. */
@Injectable()
export class AuthService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly change: Change,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly gate: LoginGate,
    private readonly config: Config,
  ) {}

  /**
   * Checks name and password and opens a session. The hash of a replaced system is upgraded on the way.
   *
   * @throws Problem 401 for a wrong name or password, alike in words and time; 403 where the account may not sign in; 403
   * or 429 where so many logins have failed that the next one is to be earned
   */
  async login(visitor: Author, credentials: Credentials, credit: Credit): Promise<Tokens> {
    const user = await this.byName(credentials.username);
    const account = { username: credentials.username, userId: user?.id };
    const entry = await this.gate.enter(visitor, account, credit);
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const tokens = await this.tryLogin(visitor, credentials, entry, credit);
        if (tokens) return tokens;
      }
    } catch (error) {
      if (!isWrong(error)) await this.gate.release(entry);
      throw error;
    }
    await this.gate.release(entry);
    throw busy('This account keeps changing; try again');
  }

  logoutAll(me: Actor): Promise<void> {
    return this.change.by(me, (tx) => this.sessions.endAll(tx, me.id, 'logout_all'));
  }

  /** @returns undefined if password or standing changed meanwhile, as when another login upgraded the hash: try again */
  private async tryLogin(
    visitor: Author,
    { username, password }: Credentials,
    entry: Entry,
    { device, gone }: Credit,
  ): Promise<Tokens | undefined> {
    const user = await this.byName(username);
    const client = { network: entry.attempt.network, gone };
    // Verified in any case, so that it takes the same time.
    const verified = await this.passwords.verify(password, user?.hashedPassword, client);
    const right = verified && !this.isPublic(password);
    if (!user || !right) {
      await this.gate.fail(visitor, entry, user);
      throw AuthProblem.wrong_credentials();
    }
    await this.gate.pass(entry);
    try {
      if (!user.emailVerified) throw AuthProblem.email_not_verified();
      if (!user.isActive) throw AuthProblem.user_inactive();
      const outdated = this.passwords.isOutdated(user.hashedPassword);
      const upgrade = outdated ? await this.passwords.rehash(password, client) : undefined;
      await this.sessions.noteUse();
      return await this.change.by({ ...visitor, ...named(user) }, async (tx) => {
        const tokens = await this.admit(tx, user, upgrade, device);
        if (!tokens) return undefined;
        await this.gate.forget(tx, entry);
        await this.gate.remember(tx, user.id, tokens.deviceId);
        return tokens;
      });
    } catch (error) {
      if (error instanceof Problem && error.getStatus() < 500) await this.recordRefusal(visitor, user, error.code);
      throw error;
    }
  }

  /** A database of development may have come to production with its demo accounts. */
  private isPublic(password: string): boolean {
    return this.config.production && password === DEMO_PASSWORD;
  }

  private async admit(
    tx: Tx,
    user: User,
    hashedPassword: string | undefined,
    deviceId: string | undefined,
  ): Promise<Tokens | undefined> {
    const current = await unchanged(tx, user);
    if (!current) return undefined;
    const patch = { lastLogin: tx.now, ...(hashedPassword && { hashedPassword }) };
    const kinds = { password_kind: [hashKind(user.hashedPassword), hashKind(hashedPassword ?? '')] as const };
    await tx.update(User, [current], patch, { verb: 'logged_in', also: () => (hashedPassword ? kinds : {}) });
    return this.sessions.open(tx, user, deviceId);
  }

  private byName(username: string): Promise<User | null> {
    // Of several with one name only pending ones, which cannot sign in, are not the first.
    const named = this.users.createQueryBuilder('u').where('lower(u.username) = lower(:username)', { username });
    return named.orderBy('u.pending').addOrderBy('u.id', 'DESC').limit(1).getOne();
  }

  /** Somebody with the right password who is not let in has failed to sign in as well. */
  private recordRefusal(visitor: Author, { id, version, username }: User, code: string): Promise<void> {
    const entity = { entityType: 'user', entityId: id, entityVersion: version, entityName: username };
    const changes = { username: [username, username] as const, code: [null, code] as const };
    return this.change.by(visitor, async (tx) => tx.record({ ...entity, action: 'user.login_failed', changes }));
  }
}

/** Whether a wrong password was recorded, or is hidden because the gate has closed. */
const isWrong = (error: unknown): boolean =>
  error instanceof Problem && error.code === AuthProblem.wrong_credentials.code;

/** The user, locked; undefined if password or standing changed while a hash was computed. */
export async function unchanged(tx: Tx, { id, hashedPassword }: User): Promise<User | undefined> {
  const [current] = await tx.lock(User, [id], sql`is_active`);
  return current?.hashedPassword === hashedPassword ? current : undefined;
}
