import { Injectable } from '@nestjs/common';

import { type Problem } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { type User } from '../../users/user.entity.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { SecondFactorAttemptsRepository } from './second-factor-attempts.repository.js';
import { SecondFactorCipher } from './second-factor-cipher.service.js';
import { SecondFactorProblem } from './second-factor.problems.js';
import { acceptedStep, isTotpCode } from './totp.js';

const DAY_MS = 86_400_000;
/** Wrong codes per day before the lock. Each guess succeeds with 3 in 1,000,000, since three codes are valid at a time. */
const WRONG_CODES_A_DAY = 20;

/** The result of a verification. */
export type Verdict =
  { readonly accepted: true } | { readonly accepted: false; readonly locked: boolean; readonly retryAfterMs: number };

const ACCEPTED: Verdict = { accepted: true };
const WRONG: Verdict = { accepted: false, locked: false, retryAfterMs: 0 };

/**
 * Verifies codes of second factors. Wrong ones are counted by account, across devices and addresses. Only a right code
 * resets the count, since a thief may have the password and the mailbox.
 */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly secrets: SecondFactorCipher,
    private readonly attempts: SecondFactorAttemptsRepository,
    private readonly recoveryCodes: RecoveryCodesRepository,
  ) {}

  /**
   * Verifies and uses up a code of an authenticator, or a recovery code. The transaction must be committed for any
   * verdict, since it counts wrong codes.
   *
   * @param user locked by the transaction, so that codes are verified one after the other
   */
  async judge(tx: AuditedTransaction, user: User, code: string): Promise<Verdict> {
    const typed = code.replaceAll(/\s/g, '');
    return isTotpCode(typed) ? this.judgeTotp(tx, user, typed) : this.judgeRecoveryCode(tx, user, typed);
  }

  /** Removes the recovery codes and the count of wrong codes with a second factor: the next one has nothing to do with them. */
  async removeCodes(tx: AuditedTransaction, userId: number): Promise<void> {
    await this.recoveryCodes.removeAll(tx, userId);
    await this.attempts.resetFailures(tx, userId);
  }

  /** Verifies a code of an authenticator alone, which proves that the authenticator works. */
  async judgeTotp(tx: AuditedTransaction, user: User, code: string): Promise<Verdict> {
    const { id, secondFactorSecret: stored, secondFactorStep } = user;
    const lockedMs = lockedFor(user, tx.now);
    if (lockedMs > 0) return { accepted: false, locked: true, retryAfterMs: lockedMs };
    const secret = stored === null ? undefined : this.secrets.decrypt(id, stored);
    const step = secret && acceptedStep(secret, code.replaceAll(/\s/g, ''), tx.now, secondFactorStep);
    if (!step) return this.countWrong(tx, user);
    return (await this.attempts.acceptStep(tx, id, step)) ? ACCEPTED : WRONG;
  }

  /** Accepts recovery codes also during a lock: their 120 bits cannot be guessed, and a user whom a thief locked out needs them. */
  private async judgeRecoveryCode(tx: AuditedTransaction, user: User, code: string): Promise<Verdict> {
    const left = await this.recoveryCodes.use(tx, user.id, code);
    if (left === undefined) return this.countWrong(tx, user);
    await this.attempts.resetFailures(tx, user.id);
    tx.audit({
      action: 'user.recovery_code_used',
      entityType: 'user',
      entityId: user.id,
      entityVersion: user.version,
      entityName: user.username,
      changes: { recovery_codes: [left + 1, left] },
    });
    tx.emit('user.second_factor', { userId: user.id, news: 'recovery_code_used' });
    return ACCEPTED;
  }

  private async countWrong(tx: AuditedTransaction, user: User): Promise<Verdict> {
    if (lockedFor(user, tx.now) > 0) return WRONG;
    const since = user.secondFactorFailedSince;
    const isSameDay = since !== null && since.getTime() > tx.now.getTime() - DAY_MS;
    const failures = isSameDay ? user.secondFactorFailures + 1 : 1;
    await this.attempts.setFailures(tx, user.id, failures, isSameDay ? since : tx.now);
    if (failures === WRONG_CODES_A_DAY) tx.emit('user.second_factor', { userId: user.id, news: 'locked' });
    return WRONG;
  }
}

/** Columns that take away a second factor which was begun and not confirmed: a thief may have begun it, and has its secret. */
export function withoutUnconfirmed({ secondFactorSince, secondFactorSecret }: User): Partial<User> {
  if (secondFactorSince !== null || secondFactorSecret === null) return {};
  return { secondFactorSecret: null, secondFactorStep: null };
}

/** @returns milliseconds for which codes of an authenticator are rejected; 0 where they are verified */
function lockedFor({ secondFactorFailures, secondFactorFailedSince: since }: User, now: Date): number {
  if (secondFactorFailures < WRONG_CODES_A_DAY || since === null) return 0;
  return Math.max(0, since.getTime() + DAY_MS - now.getTime());
}

/** The problem of a code that is not verified, after too many wrong ones. */
export function lockedProblem(ms: number): Problem {
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(ms / 1000))) };
  return SecondFactorProblem.second_factor_locked(undefined, { headers });
}
