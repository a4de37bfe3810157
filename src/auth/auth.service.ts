import { Injectable } from '@nestjs/common';
import { type Actor, type Principal } from '../core/authorization/actor.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { serviceUnavailable, Problem } from '../core/http/problem.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { LoginThrottle, type LoginProof, type AdmittedAttempt } from './login-protection/login-throttle.service.js';
import { DeniedLogins } from './login-protection/denied-logins.service.js';
import { hashScheme, PasswordHasher, type HashClient } from './passwords/password-hasher.service.js';
import { SecondFactorProblem } from './second-factor/second-factor.problems.js';
import { lockedProblem, SecondFactor, type Verdict } from './second-factor/second-factor.service.js';
import { SessionProblem } from './sessions/sessions.problems.js';
import { SessionsService, type Tokens } from './sessions/sessions.service.js';
import { principalOf, User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { type Credentials } from './auth.dto.js';
import { AuthProblem } from './auth.problems.js';

const ATTEMPTS = 3;

type Refused = Extract<Verdict, { accepted: false }>;

/** Context of a log-in after its password was verified. */
interface Admission {
  readonly code: string | undefined;
  readonly device: string | undefined;
  /** New hash of the password, where the stored one is outdated. */
  readonly upgrade: string | undefined;
}

/** Signs users in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly throttle: LoginThrottle,
    private readonly secondFactor: SecondFactor,
    private readonly denials: DeniedLogins,
  ) {}

  /**
   * Verifies name, password and second factor, where the account has one, and opens a session. Upgrades the hash of a
   * replaced system.
   *
   * @throws Problem 401 for a wrong name or password, equal in text and time, or a missing or wrong second factor; 403
   * where the account may not sign in; 403 or 429 from the login protection
   */
  async login(principal: Principal, credentials: Credentials, proof: LoginProof): Promise<Tokens> {
    const user = await this.users.findByName(credentials.username);
    const account = { username: credentials.username, userId: user?.id };
    const entry = await this.throttle.assertAllowed(principal, account, proof);
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const tokens = await this.tryLogin(principal, credentials, entry, proof);
        if (tokens) return tokens;
      }
      throw serviceUnavailable('This account keeps changing; try again');
    } catch (error) {
      await this.throttle.release(entry);
      throw error;
    }
  }

  logoutAll(actor: Actor): Promise<void> {
    return this.unitOfWork.run(actor, (tx) => this.sessions.revokeAll(tx, actor.id, 'logout_all'));
  }

  /** @returns undefined where the user changed in between, such as by a concurrent log-in that upgraded the hash; the caller retries */
  private async tryLogin(
    principal: Principal,
    { username, password, second_factor_code: code }: Credentials,
    entry: AdmittedAttempt,
    { device, gone }: LoginProof,
  ): Promise<Tokens | undefined> {
    const user = await this.users.findByName(username);
    const client = { network: entry.attempt.network, gone };
    // Verified in any case, for equal time.
    const right = await this.passwords.verify(password, user?.hashedPassword, client);
    if (!user || !right) {
      await this.throttle.recordFailure(principal, entry, user);
      throw AuthProblem.wrong_credentials();
    }
    await this.throttle.recheck(entry);
    const outcome = await this.admitted(principal, user, password, { code, device, entry, client });
    if (!outcome || 'access' in outcome) return outcome;
    throw await this.refusalOf(principal, entry, user, outcome);
  }

  /** @returns tokens, or the verdict on the code; undefined where the user changed in between */
  private async admitted(
    principal: Principal,
    user: User,
    password: string,
    { code, device, entry, client }: Omit<Admission, 'upgrade'> & { entry: AdmittedAttempt; client: HashClient },
  ): Promise<Tokens | Refused | undefined> {
    try {
      if (!user.emailVerified) throw AuthProblem.email_not_verified();
      if (!user.isActive) throw AuthProblem.user_inactive();
      if (user.secondFactorSince && code === undefined) throw SecondFactorProblem.second_factor_required();
      const outdated = this.passwords.isOutdated(user.hashedPassword);
      const upgrade = outdated ? await this.passwords.rehash(password, client) : undefined;
      await this.sessions.flushActivity();
      return await this.unitOfWork.run({ ...principal, ...principalOf(user) }, async (tx) => {
        const outcome = await this.openSession(tx, user, { code, device, upgrade });
        if (!outcome || !('access' in outcome)) return outcome;
        await this.throttle.reset(tx, entry);
        await this.throttle.rememberDevice(tx, user.id, outcome.deviceId);
        return outcome;
      });
    } catch (error) {
      if (isDenial(error)) await this.denials.record(principal, user, error.code);
      throw error;
    }
  }

  /** Records a rejected second-factor code like a wrong password. @returns the problem to throw */
  private async refusalOf(
    principal: Principal,
    entry: AdmittedAttempt,
    user: User,
    refused: Refused,
  ): Promise<Problem> {
    if (refused.locked) {
      await this.denials.record(principal, user, SecondFactorProblem.second_factor_locked.code);
      return lockedProblem(refused.retryAfterMs);
    }
    await this.throttle.recordFailure(principal, entry, user, SecondFactorProblem.wrong_second_factor.code);
    return SecondFactorProblem.wrong_second_factor();
  }

  private async openSession(
    tx: AuditedTransaction,
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
    const kinds = { password_kind: [hashScheme(user.hashedPassword), hashScheme(hashedPassword ?? '')] as const };
    await tx.update(User, [current], patch, { verb: 'logged_in', also: () => (hashedPassword ? kinds : {}) });
    return this.sessions.open(tx, user, device);
  }
}

const DENIALS = [
  AuthProblem.email_not_verified.code,
  AuthProblem.user_inactive.code,
  SessionProblem.session_limit.code,
];

/** True for a login that is denied despite the right password. The request for a second factor is a step of it, and no denial. */
const isDenial = (error: unknown): error is Problem => error instanceof Problem && DENIALS.includes(error.code);
