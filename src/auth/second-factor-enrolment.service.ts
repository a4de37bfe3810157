import { Injectable } from '@nestjs/common';
import { Config } from '../core/config/config.js';
import { type Actor, type Principal } from '../core/authorization/actor.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type LoginProof } from './login-protection/login-throttle.service.js';
import { RecoveryCodesRepository } from './second-factor/recovery-codes.repository.js';
import { SecondFactorCipher } from './second-factor/second-factor-cipher.service.js';
import { SecondFactorProblem, type SecondFactorNews } from './second-factor/second-factor.problems.js';
import { lockedProblem, SecondFactor } from './second-factor/second-factor.service.js';
import { newTotpSecret, totpUri } from './second-factor/totp.js';
import { SessionsService, type Tokens } from './sessions/sessions.service.js';
import { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { PasswordConfirmation, wrongCurrentPassword } from './password-confirmation.service.js';
import { type SecondFactorProof, type SecondFactorSecret, type SecondFactorStatus } from './second-factor.dto.js';

const NONE = { secondFactorSecret: null, secondFactorSince: null, secondFactorStep: null };

/** Setting up a second factor, and taking it away. */
@Injectable()
export class SecondFactorEnrolment {
  constructor(
    private readonly users: UsersRepository,
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly confirmation: PasswordConfirmation,
    private readonly factor: SecondFactor,
    private readonly secrets: SecondFactorCipher,
    private readonly recoveryCodes: RecoveryCodesRepository,
    private readonly sessions: SessionsService,
  ) {}

  async status({ id, role }: Actor): Promise<SecondFactorStatus> {
    const { secondFactorSince: since, secondFactorSecret: secret } = await this.users.findById(id);
    return {
      active: since !== null,
      since,
      unconfirmed: since === null && secret !== null,
      required: this.config.secondFactorRequiredFor.includes(role),
      recovery_codes_left: await this.recoveryCodes.count(id),
    };
  }

  /**
   * Makes a secret, which is shown this once and not needed at a login before it is confirmed.
   *
   * @throws Problem 403 for a wrong password, 409 where a second factor is active, 403 or 429 of the login protection
   */
  async start(actor: Actor, password: string, proof: LoginProof): Promise<SecondFactorSecret> {
    const user = await this.confirmation.verify(actor, password, proof, wrongCurrentPassword);
    const secret = newTotpSecret();
    await this.unitOfWork.run(actor, async (tx) => {
      const current = await this.confirmation.lockVerified(tx, actor, user, wrongCurrentPassword);
      if (current.secondFactorSince) throw SecondFactorProblem.second_factor_active();
      const patch = { secondFactorSecret: this.secrets.encrypt(actor.id, secret), secondFactorStep: null };
      await tx.update(User, [current], patch, { verb: 'second_factor_begun' });
    });
    return { secret, uri: totpUri(secret, this.config.appName, user.username) };
  }

  /**
   * Activates the secret by a code that was made of it, and ends the other sessions, which were opened without one.
   *
   * @throws Problem 403 for a wrong code, 409 where there is nothing to confirm, 429 after too many wrong codes
   */
  async confirm(actor: Actor, code: string): Promise<{ recovery_codes: string[]; tokens: Tokens | undefined }> {
    const outcome = await this.unitOfWork.run(actor, async (tx) => {
      const user = await this.locked(tx, actor.id);
      await this.sessions.assertActive(tx, actor);
      if (user.secondFactorSince) throw SecondFactorProblem.second_factor_active();
      if (!user.secondFactorSecret) throw SecondFactorProblem.second_factor_inactive();
      const verdict = await this.factor.judgeTotp(tx, user, code);
      if (!verdict.accepted) return verdict;
      const patch = { secondFactorSince: tx.now };
      await tx.update(User, [user], patch, { verb: 'second_factor_enabled' });
      const recovery_codes = await this.recoveryCodes.replace(tx, actor.id);
      await this.sessions.revokeAll(tx, actor.id, 'second_factor_enabled', actor.sessionId);
      tx.emit('user.second_factor', { userId: actor.id, news: 'enabled' });
      return { recovery_codes, tokens: await this.sessions.renewOwn(tx, actor) };
    });
    if ('recovery_codes' in outcome) return outcome;
    throw outcome.locked ? lockedProblem(outcome.retryAfterMs) : SecondFactorProblem.wrong_code();
  }

  /** @throws Problem 403 for a wrong password or code, 409 where there is none, 403 or 429 after too many wrong ones */
  async remove(actor: Actor, proof: SecondFactorProof, credit: LoginProof): Promise<void> {
    await this.prove(actor, proof, credit, async (tx, user) => {
      await this.removeFrom(tx, user, 'second_factor_disabled', 'disabled');
    });
  }

  /** @returns the codes, which are shown this once. @throws Problem as `remove` */
  replaceRecoveryCodes(actor: Actor, proof: SecondFactorProof, credit: LoginProof): Promise<string[]> {
    return this.prove(actor, proof, credit, async (tx, user) => {
      const codes = await this.recoveryCodes.replace(tx, user.id);
      tx.audit({
        action: 'user.recovery_codes_replaced',
        entityType: 'user',
        entityId: user.id,
        entityVersion: user.version,
        entityName: user.username,
        changes: { recovery_codes: [null, codes.length] },
      });
      tx.emit('user.second_factor', { userId: user.id, news: 'recovery_codes_replaced' });
      return codes;
    });
  }

  /**
   * Takes away the second factor of a user who has lost it, and ends all sessions of that user.
   *
   * @throws Error where there is no such user, or no second factor
   */
  async reset(principal: Principal, username: string): Promise<{ id: number; username: string }> {
    return this.unitOfWork.run(principal, async (tx) => {
      const user = await this.users.lockByName(tx, username);
      if (!user) throw new Error(`No user is named "${username}"`);
      if (!user.secondFactorSecret) throw new Error(`${user.username} has no second factor`);
      await this.removeFrom(tx, user, 'second_factor_reset', 'reset');
      await this.sessions.revokeAll(tx, user.id, 'second_factor_reset');
      return { id: user.id, username: user.username };
    });
  }

  /** Does something that needs password and code, in a transaction that has locked the user. */
  private async prove<T>(
    actor: Actor,
    { current_password, code }: SecondFactorProof,
    proof: LoginProof,
    work: (tx: AuditedTransaction, user: User) => Promise<T>,
  ): Promise<T> {
    const judge = async () => {
      const verdict = await this.unitOfWork.run(actor, async (tx) => {
        const user = await this.locked(tx, actor.id);
        if (!user.secondFactorSince) throw SecondFactorProblem.second_factor_inactive();
        return this.factor.judge(tx, user, code);
      });
      if (!verdict.accepted && verdict.locked) throw lockedProblem(verdict.retryAfterMs);
      return verdict.accepted;
    };
    const more = { verify: judge, wrong: SecondFactorProblem.wrong_code };
    const proven = await this.confirmation.verify(actor, current_password, proof, wrongCurrentPassword, more);
    return this.unitOfWork.run(actor, async (tx) => {
      const user = await this.confirmation.lockVerified(tx, actor, proven, wrongCurrentPassword);
      if (!user.secondFactorSince) throw SecondFactorProblem.second_factor_inactive();
      return work(tx, user);
    });
  }

  private async removeFrom(tx: AuditedTransaction, user: User, verb: string, news: SecondFactorNews): Promise<void> {
    await tx.update(User, [user], NONE, { verb });
    await this.factor.removeCodes(tx, user.id);
    tx.emit('user.second_factor', { userId: user.id, news });
  }

  private async locked(tx: AuditedTransaction, id: number): Promise<User> {
    return (await tx.lock(User, [id]))[0] as User;
  }
}
