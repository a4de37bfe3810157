import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Problem } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { type User } from '../../users/user.entity.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { SecondFactorSecrets } from './second-factor-secrets.service.js';
import { SecondFactorProblem } from './second-factor.problems.js';
import { acceptedStep, isTotpCode } from './totp.js';

const DAY_MS = 86_400_000;
/** Each has a chance of 3 in 1,000,000: three codes are good at a time. */
const WRONG_CODES_A_DAY = 20;

/** How a code was judged. */
export type Verdict =
  { readonly accepted: true } | { readonly accepted: false; readonly locked: boolean; readonly retryAfterMs: number };

const ACCEPTED: Verdict = { accepted: true };
const WRONG: Verdict = { accepted: false, locked: false, retryAfterMs: 0 };

/**
 * Judges codes of second factors. Wrong ones are counted by account, whichever device or address they come from: a bound
 * that nothing resets but a right code, since the password and the mailbox may be a thief's already.
 */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly secrets: SecondFactorSecrets,
    private readonly recoveryCodes: RecoveryCodesRepository,
  ) {}

  /**
   * Judges a code of an authenticator, or a recovery code, and uses it up. The transaction must be committed whatever the
   * verdict is, since it counts what is wrong.
   *
   * @param user locked by the transaction, so that codes are judged one after the other
   */
  async judge(tx: AuditedTransaction, user: User, code: string): Promise<Verdict> {
    const typed = code.replaceAll(/\s/g, '');
    return isTotpCode(typed) ? this.judgeTotp(tx, user, typed) : this.judgeRecoveryCode(tx, user, typed);
  }

  /** The same for a code of an authenticator alone: it has to be shown that this one works. */
  async judgeTotp(tx: AuditedTransaction, user: User, code: string): Promise<Verdict> {
    const { id, secondFactorSecret: stored, secondFactorStep } = user;
    const lockedMs = lockedFor(user, tx.now);
    if (lockedMs > 0) return { accepted: false, locked: true, retryAfterMs: lockedMs };
    const secret = stored === null ? undefined : this.secrets.decrypt(id, stored);
    const step = secret && acceptedStep(secret, code.replaceAll(/\s/g, ''), tx.now, secondFactorStep);
    if (!step) return this.countWrong(tx, user);
    // Said again in SQL: whatever becomes of the lock, no step is accepted twice.
    const used = await tx.query(sql`UPDATE users SET second_factor_step = ${step}, ${NO_FAILURES}
      WHERE id = ${id} AND (second_factor_step IS NULL OR second_factor_step < ${step}) RETURNING 1`);
    return used.length > 0 ? ACCEPTED : WRONG;
  }

  /** Not subject to the bound: its 120 bits cannot be guessed, and whoever is locked out by a thief needs it. */
  private async judgeRecoveryCode(tx: AuditedTransaction, user: User, code: string): Promise<Verdict> {
    const left = await this.recoveryCodes.use(tx, user.id, code);
    if (left === undefined) return this.countWrong(tx, user);
    await tx.query(sql`UPDATE users SET ${NO_FAILURES} WHERE id = ${user.id}`);
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
    const goesOn = since !== null && since.getTime() > tx.now.getTime() - DAY_MS;
    const failures = goesOn ? user.secondFactorFailures + 1 : 1;
    await tx.query(sql`UPDATE users SET second_factor_failures = ${failures},
      second_factor_failed_since = ${goesOn ? since : tx.now} WHERE id = ${user.id}`);
    if (failures === WRONG_CODES_A_DAY) tx.emit('user.second_factor', { userId: user.id, news: 'locked' });
    return WRONG;
  }
}

const NO_FAILURES: Sql = sql`second_factor_failures = 0, second_factor_failed_since = NULL`;

/** How long no code of an authenticator is judged any more; 0 where it is. */
function lockedFor({ secondFactorFailures, secondFactorFailedSince: since }: User, now: Date): number {
  if (secondFactorFailures < WRONG_CODES_A_DAY || since === null) return 0;
  return Math.max(0, since.getTime() + DAY_MS - now.getTime());
}

/** The refusal of a code that is not judged, for too many wrong ones before it. */
export function lockedProblem(ms: number): Problem {
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(ms / 1000))) };
  return SecondFactorProblem.second_factor_locked(undefined, { headers });
}
