import { Injectable } from '@nestjs/common';
import { type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { CaptchaProvider, type LoginAttempt } from './captcha.provider.js';
import { type Problem } from '../../core/http/problem.js';
import { type Changes, type AuditEntryDraft } from '../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { KnownDevicesRepository } from './known-devices.repository.js';
import { LoginFailures, type Counter, type GuessedAccount } from './login-failures.repository.js';
import { LoginProtectionProblem } from './login-protection.problems.js';

export const PURGE_JOB = 'forget-login-failures';
/** Queue of locked accounts, whose users get a mail. */
export const LOCKED_ACCOUNTS = 'locked-accounts';

export interface AccountLocked {
  /** Null for an unknown name. */
  readonly userId: number | null;
}

/** Input of the login protection beside name and password. */
export interface LoginProof {
  /** Cookie `device_id`. */
  readonly device: string | undefined;
  /** Header `X-Captcha-Answer`. */
  readonly answer: string | undefined;
  /** Aborts when the client hangs up. */
  readonly gone?: AbortSignal;
}

/** An admitted attempt. */
export interface AdmittedAttempt {
  readonly attempt: LoginAttempt;
  /** True where an answer admitted the attempt, independent of concurrent ones. */
  readonly answered: boolean;
  /** Counted in advance, since guesses are admitted one at a time. */
  readonly reservation?: string;
  /** Set once the guess was found wrong: it counts from then on, also where that cannot be recorded. */
  wrong?: boolean;
}

/** The result of a verification, with the cause of a failure where it is not the password. */
export interface Verified {
  readonly right: boolean;
  readonly code?: string;
}

/** A user whose password is being verified. */
export interface Guessed {
  readonly id: number;
  readonly username: string;
  readonly version: number;
}

/**
 * Protects passwords from guessing, on each path that verifies one. After some failures a client must answer a captcha
 * before each attempt, then wait for growing delays; in the end an account admits only known devices for a day.
 */
@Injectable()
export class LoginThrottle {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly failures: LoginFailures,
    private readonly devices: KnownDevicesRepository,
    private readonly captcha: CaptchaProvider,
    private readonly jobs: JobQueue,
  ) {
    jobs.schedule(PURGE_JOB, '*/10 * * * *', () => this.purgeExpired());
  }

  /**
   * Admits an attempt, before a password is verified. Its errors are the same for known and unknown names.
   *
   * @throws Problem 403 `challenge_required` with the captcha, 429 `login_too_soon` or `login_locked`
   */
  async assertAllowed(
    principal: Principal,
    account: GuessedAccount,
    { device, answer }: LoginProof,
  ): Promise<AdmittedAttempt> {
    const attempt = await this.failures.attemptOf(principal.requestContext.ip ?? '', account, device);
    const [pace, challenged] = [await this.failures.pace(attempt), await this.failures.requiresChallenge(attempt)];
    if (pace.lockedMs > 0) throw lockedProblem(pace.lockedMs);
    // An attempt that is too early does not use up the answer.
    if (pace.waitMs > 0) throw await this.tooSoon(attempt, pace.waitMs, challenged);
    if (challenged && (answer === undefined || !(await this.captcha.verify(attempt, answer)))) {
      throw await this.refusal(attempt);
    }
    if (!challenged && !pace.serial) return { attempt, answered: false };
    return this.reserve(principal, attempt, challenged);
  }

  /** Confirms a right password. @throws Problem where concurrent guesses have exceeded the limit */
  async recheck({ attempt, answered, reservation }: AdmittedAttempt): Promise<void> {
    if (answered || reservation !== undefined) return;
    if (await this.failures.requiresChallenge(attempt)) throw await this.refusal(attempt);
  }

  /** Deletes the failures of an account after a success, in its transaction. */
  reset(tx: AuditedTransaction, { attempt }: AdmittedAttempt): Promise<void> {
    return this.failures.reset(tx, attempt);
  }

  /** Removes a failure that was counted in advance, where the password was right or could not be verified. */
  async release({ reservation, wrong }: AdmittedAttempt): Promise<void> {
    if (reservation !== undefined && !wrong) await this.failures.release(reservation);
  }

  /** Stores a device as known to a user, so that strangers' guesses do not slow it down. */
  rememberDevice(tx: AuditedTransaction, userId: number, deviceId: string): Promise<void> {
    return this.devices.remember(tx, userId, deviceId);
  }

  /** Admits every device again, in the transaction that replaces the password of a user by a mailed link. */
  unlock(tx: AuditedTransaction, { id, username }: Guessed): Promise<void> {
    return this.failures.unlock(tx, { username, userId: id });
  }

  /**
   * Records a failed log-in. Records names of users only, since a user may have typed a password as the name.
   *
   * @param code the cause, where it is not the password
   * @throws Problem 403 where concurrent guesses have exceeded the limit; then nothing is counted, and the answer is independent of the password
   */
  async recordFailure(
    principal: Principal,
    entry: AdmittedAttempt,
    user: Guessed | null,
    code?: string,
  ): Promise<void> {
    entry.wrong = true;
    const { attempt, answered, reservation } = entry;
    const earned = answered || reservation !== undefined;
    const counted = await this.unitOfWork.run(principal, async (tx) => {
      const recorded = await this.failures.record(tx, attempt, earned, reservation);
      if (!recorded) return false;
      notes(user, recorded.filled, code).forEach((note) => tx.audit(note));
      // Also for unknown names, for equal time.
      const lock: AccountLocked = { userId: user?.id ?? null };
      if (recorded.locked && attempt.device === null) await this.jobs.enqueue(tx, LOCKED_ACCOUNTS, [lock]);
      return true;
    });
    if (!counted) throw await this.refusal(attempt);
  }

  /**
   * Verifies the password of a known account under the same protection: for a signed-in user who confirms a change by it.
   *
   * @param verify verifies the password, and what else is required
   * @returns true where it was right; a wrong one is counted
   * @throws Problem as `enter`
   */
  async confirm(
    principal: Principal,
    user: Guessed,
    proof: LoginProof,
    verify: () => Promise<Verified>,
  ): Promise<boolean> {
    const entry = await this.assertAllowed(principal, { username: user.username, userId: user.id }, proof);
    const { right, code } = await this.verified(entry, verify);
    if (right) await this.unitOfWork.run(principal, (tx) => this.reset(tx, entry));
    else await this.recordFailure(principal, entry, user, code);
    return right;
  }

  private async verified(entry: AdmittedAttempt, verify: () => Promise<Verified>): Promise<Verified> {
    try {
      const verified = await verify();
      if (verified.right) await this.recheck(entry);
      return verified;
    } catch (error) {
      await this.release(entry);
      throw error;
    }
  }

  private async reserve(principal: Principal, attempt: LoginAttempt, answered: boolean): Promise<AdmittedAttempt> {
    const reserved = await this.unitOfWork.run(principal, (tx) => this.failures.reserve(tx, attempt));
    if (typeof reserved === 'string') return { attempt, answered, reservation: reserved };
    if (reserved.lockedMs > 0) throw lockedProblem(reserved.lockedMs);
    throw await this.tooSoon(attempt, reserved.waitMs, answered);
  }

  /** Safe on several replicas at once. @returns the number of deleted rows */
  private async purgeExpired(): Promise<number> {
    const [failures, devices] = [await this.failures.purgeExpired(), await this.devices.deleteExpired()];
    return failures + devices + (await this.captcha.purgeExpired());
  }

  private async refusal(attempt: LoginAttempt): Promise<Problem> {
    const { captcha, detail } = await this.captcha.issue(attempt);
    return LoginProtectionProblem.challenge_required(detail, { captcha });
  }

  /** Rejects with the captcha where one is due as well: existing clients show it. */
  private async tooSoon(attempt: LoginAttempt, waitMs: number, challenged: boolean): Promise<Problem> {
    const wait = seconds(waitMs);
    if (!challenged) {
      return LoginProtectionProblem.login_too_soon(
        `Too many failed logins: try again in ${wait} s`,
        retryAfter(waitMs),
      );
    }
    const { captcha, detail } = await this.captcha.issue(attempt);
    return LoginProtectionProblem.challenge_required(`${detail}, in ${wait} s`, { captcha, ...retryAfter(waitMs) });
  }
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
const retryAfter = (ms: number) => ({ headers: { 'Retry-After': String(seconds(ms)) } });

const lockedProblem = (ms: number): Problem => LoginProtectionProblem.login_locked(undefined, retryAfter(ms));

/** Drafts the entry of a failure and, for the one that starts the captcha, a second entry: one per attack. */
function notes(user: Guessed | null, filled: readonly Counter[], code?: string): AuditEntryDraft[] {
  const entity = {
    entityType: 'user',
    entityId: user?.id ?? null,
    entityVersion: user?.version ?? null,
    entityName: user?.username ?? null,
  };
  const changes: Changes = user ? { username: [user.username, user.username] } : {};
  const why: Changes = code === undefined ? {} : { code: [null, code] };
  const failed = { ...entity, action: 'user.login_failed', changes: { ...changes, ...why } };
  if (filled.length === 0) return [failed];
  const challenged: Changes = { ...changes, challenged: [null, filled.join(', ')] };
  return [failed, { ...entity, action: 'user.login_challenged', changes: challenged }];
}
