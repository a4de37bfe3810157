import { Injectable } from '@nestjs/common';
import { Config } from '../core/config/config.js';
import { type Actor, type Author } from '../core/authorization/actor.js';
import { Change } from '../core/persistence/unit-of-work.js';
import { busy, Problem } from '../core/http/problem.js';
import { type Tx } from '../core/persistence/audited-transaction.js';
import { LoginGate, type Credit, type Entry } from './login-protection/login-gate.js';
import { DEMO_PASSWORD } from './passwords/demo-password.js';
import { hashKind, Passwords, type HashClient } from './passwords/passwords.js';
import { SecondFactorProblem } from './second-factor/second-factor.events.js';
import { lockedProblem, SecondFactor, type Verdict } from './second-factor/second-factor.service.js';
import { SessionsService, type Tokens } from './sessions/sessions.service.js';
import { named, User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { type Credentials } from './auth.dto.js';
import { AuthProblem } from './auth.events.js';

const ATTEMPTS = 3;

type Refused = Extract<Verdict, { accepted: false }>;

/** Remaining input of a login whose password was verified. */
interface Admission {
  readonly code: string | undefined;
  readonly device: string | undefined;
  /** A new hash of the password, where that which is stored is outdated. */
  readonly upgrade: string | undefined;
}

/** Signing in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersRepository,
    private readonly change: Change,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly gate: LoginGate,
    private readonly secondFactor: SecondFactor,
    private readonly config: Config,
  ) {}

  /**
   * Checks name, password and, where the account has one, second factor, and opens a session. The hash of a replaced system is upgraded on the way.
   *
   * @throws Problem 401 for a wrong name or password, alike in words and time, or for a second factor that is missing or wrong; 403 where the account may not sign in; 403
   * or 429 where so many logins have failed that the next one is to be earned
   */
  async login(visitor: Author, credentials: Credentials, credit: Credit): Promise<Tokens> {
    const user = await this.users.findByName(credentials.username);
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
    { username, password, second_factor_code: code }: Credentials,
    entry: Entry,
    { device, gone }: Credit,
  ): Promise<Tokens | undefined> {
    const user = await this.users.findByName(username);
    const client = { network: entry.attempt.network, gone };
    // Verified in any case, so that it takes the same time.
    const verified = await this.passwords.verify(password, user?.hashedPassword, client);
    const right = verified && !this.isPublic(password);
    if (!user || !right) {
      await this.gate.fail(visitor, entry, user);
      throw AuthProblem.wrong_credentials();
    }
    await this.gate.pass(entry);
    const outcome = await this.admitted(visitor, user, password, { code, device, entry, client });
    if (!outcome || 'access' in outcome) return outcome;
    throw await this.refusalOf(visitor, entry, user, outcome);
  }

  /** @returns tokens, or how the code was judged; undefined if password or standing changed meanwhile */
  private async admitted(
    visitor: Author,
    user: User,
    password: string,
    { code, device, entry, client }: Omit<Admission, 'upgrade'> & { entry: Entry; client: HashClient },
  ): Promise<Tokens | Refused | undefined> {
    try {
      if (!user.emailVerified) throw AuthProblem.email_not_verified();
      if (!user.isActive) throw AuthProblem.user_inactive();
      if (user.secondFactorSince && code === undefined) throw SecondFactorProblem.second_factor_required();
      const outdated = this.passwords.isOutdated(user.hashedPassword);
      const upgrade = outdated ? await this.passwords.rehash(password, client) : undefined;
      await this.sessions.noteUse();
      return await this.change.by({ ...visitor, ...named(user) }, async (tx) => {
        const outcome = await this.admit(tx, user, { code, device, upgrade });
        if (!outcome || !('access' in outcome)) return outcome;
        await this.gate.forget(tx, entry);
        await this.gate.remember(tx, user.id, outcome.deviceId);
        return outcome;
      });
    } catch (error) {
      if (isRefusal(error)) await this.recordRefusal(visitor, user, error.code);
      throw error;
    }
  }

  /** Records a rejected second-factor code like a wrong password. @returns the problem to throw */
  private async refusalOf(visitor: Author, entry: Entry, user: User, refused: Refused): Promise<Problem> {
    if (refused.locked) {
      await this.recordRefusal(visitor, user, SecondFactorProblem.second_factor_locked.code);
      return lockedProblem(refused.retryAfterMs);
    }
    await this.gate.fail(visitor, entry, user, SecondFactorProblem.wrong_second_factor.code);
    return SecondFactorProblem.wrong_second_factor();
  }

  /** A database of development may have come to production with its demo accounts. */
  private isPublic(password: string): boolean {
    return this.config.production && password === DEMO_PASSWORD;
  }

  private async admit(
    tx: Tx,
    user: User,
    { code, device, upgrade: hashedPassword }: Admission,
  ): Promise<Tokens | Refused | undefined> {
    const current = await this.users.lockUnchanged(tx, user);
    if (!current) return undefined;
    if (current.secondFactorSince) {
      if (code === undefined) throw SecondFactorProblem.second_factor_required();
      const verdict = await this.secondFactor.judge(tx, current, code);
      if (!verdict.accepted) return verdict;
    }
    const patch = { lastLogin: tx.now, ...(hashedPassword && { hashedPassword }) };
    const kinds = { password_kind: [hashKind(user.hashedPassword), hashKind(hashedPassword ?? '')] as const };
    await tx.update(User, [current], patch, { verb: 'logged_in', also: () => (hashedPassword ? kinds : {}) });
    return this.sessions.open(tx, user, device);
  }

  /** Audits a denied login of a user who gave the right password. */
  private recordRefusal(visitor: Author, { id, version, username }: User, code: string): Promise<void> {
    const entity = { entityType: 'user', entityId: id, entityVersion: version, entityName: username };
    const changes = { username: [username, username] as const, code: [null, code] as const };
    return this.change.by(visitor, async (tx) => tx.record({ ...entity, action: 'user.login_failed', changes }));
  }
}

const WRONG = [AuthProblem.wrong_credentials.code, SecondFactorProblem.wrong_second_factor.code];

/** True for wrong credentials, whose failure `LoginGate.fail` has recorded already. */
const isWrong = (error: unknown): boolean => error instanceof Problem && WRONG.includes(error.code);

/** True for a denied login despite the right password. The request for a second factor is a step of the login, not a denial. */
const isRefusal = (error: unknown): error is Problem =>
  error instanceof Problem && error.getStatus() < 500 && error.code !== SecondFactorProblem.second_factor_required.code;
