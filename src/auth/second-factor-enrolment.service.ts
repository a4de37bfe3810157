import { Injectable } from '@nestjs/common';
import { Config } from '../core/config/config.js';
import { type Actor, type Author } from '../core/authorization/actor.js';
import { Change } from '../core/persistence/unit-of-work.js';
import { type Tx } from '../core/persistence/audited-transaction.js';
import { type Credit } from './login-protection/login-gate.js';
import { RecoveryCodesRepository } from './second-factor/recovery-codes.repository.js';
import { SecondFactorSecrets } from './second-factor/second-factor-secrets.service.js';
import { SecondFactorProblem, type SecondFactorNews } from './second-factor/second-factor.events.js';
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
    private readonly change: Change,
    private readonly confirmation: PasswordConfirmation,
    private readonly factor: SecondFactor,
    private readonly secrets: SecondFactorSecrets,
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
  async start(me: Actor, password: string, credit: Credit): Promise<SecondFactorSecret> {
    const user = await this.confirmation.verify(me, password, credit, wrongCurrentPassword);
    const secret = newTotpSecret();
    await this.change.by(me, async (tx) => {
      const current = await this.users.lockUnchanged(tx, user);
      if (!current) throw wrongCurrentPassword();
      if (current.secondFactorSince) throw SecondFactorProblem.second_factor_active();
      const patch = { secondFactorSecret: this.secrets.encrypt(me.id, secret), secondFactorStep: null };
      await tx.update(User, [current], patch, { verb: 'second_factor_begun' });
    });
    return { secret, uri: totpUri(secret, this.config.appName, user.username) };
  }

  /**
   * Activates the secret by a code that was made of it, and ends the other sessions, which were opened without one.
   *
   * @throws Problem 403 for a wrong code, 409 where there is nothing to confirm, 429 after too many wrong codes
   */
  async confirm(me: Actor, code: string): Promise<{ recovery_codes: string[]; tokens: Tokens | undefined }> {
    const outcome = await this.change.by(me, async (tx) => {
      const user = await this.locked(tx, me.id);
      if (user.secondFactorSince) throw SecondFactorProblem.second_factor_active();
      if (!user.secondFactorSecret) throw SecondFactorProblem.second_factor_inactive();
      const verdict = await this.factor.judgeTotp(tx, user, code);
      if (!verdict.accepted) return verdict;
      const patch = { secondFactorSince: tx.now };
      await tx.update(User, [user], patch, { verb: 'second_factor_enabled' });
      const recovery_codes = await this.recoveryCodes.replace(tx, me.id);
      await this.sessions.endAll(tx, me.id, 'second_factor_enabled', me.sessionId);
      tx.emit('user.second_factor', { userId: me.id, news: 'enabled' });
      return { recovery_codes, tokens: await this.sessions.renewOwn(tx, me) };
    });
    if ('recovery_codes' in outcome) return outcome;
    throw outcome.locked ? lockedProblem(outcome.retryAfterMs) : SecondFactorProblem.wrong_code();
  }

  /** @throws Problem 403 for a wrong password or code, 409 where there is none, 403 or 429 after too many wrong ones */
  async remove(me: Actor, proof: SecondFactorProof, credit: Credit): Promise<void> {
    await this.prove(me, proof, credit, async (tx, user) => {
      await this.removeFrom(tx, user, 'second_factor_disabled', 'disabled');
    });
  }

  /** @returns the codes, which are shown this once. @throws Problem as `remove` */
  replaceRecoveryCodes(me: Actor, proof: SecondFactorProof, credit: Credit): Promise<string[]> {
    return this.prove(me, proof, credit, async (tx, user) => {
      const codes = await this.recoveryCodes.replace(tx, user.id);
      tx.record({
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
  async reset(author: Author, username: string): Promise<{ id: number; username: string }> {
    return this.change.by(author, async (tx) => {
      const user = await this.users.lockByName(tx, username);
      if (!user) throw new Error(`No user is named "${username}"`);
      if (!user.secondFactorSecret) throw new Error(`${user.username} has no second factor`);
      await this.removeFrom(tx, user, 'second_factor_reset', 'reset');
      await this.sessions.endAll(tx, user.id, 'second_factor_reset');
      return { id: user.id, username: user.username };
    });
  }

  /** Does something that needs password and code, in a transaction that has locked the user. */
  private async prove<T>(
    me: Actor,
    { current_password, code }: SecondFactorProof,
    credit: Credit,
    work: (tx: Tx, user: User) => Promise<T>,
  ): Promise<T> {
    const judge = async () => {
      const verdict = await this.change.by(me, async (tx) => {
        const user = await this.locked(tx, me.id);
        if (!user.secondFactorSince) throw SecondFactorProblem.second_factor_inactive();
        return this.factor.judge(tx, user, code);
      });
      if (!verdict.accepted && verdict.locked) throw lockedProblem(verdict.retryAfterMs);
      return verdict.accepted;
    };
    const more = { verify: judge, wrong: SecondFactorProblem.wrong_code };
    const proven = await this.confirmation.verify(me, current_password, credit, wrongCurrentPassword, more);
    return this.change.by(me, async (tx) => {
      const user = await this.users.lockUnchanged(tx, proven);
      if (!user) throw wrongCurrentPassword();
      if (!user.secondFactorSince) throw SecondFactorProblem.second_factor_inactive();
      return work(tx, user);
    });
  }

  private async removeFrom(tx: Tx, user: User, verb: string, news: SecondFactorNews): Promise<void> {
    await tx.update(User, [user], NONE, { verb });
    await this.recoveryCodes.removeAll(tx, user.id);
    tx.emit('user.second_factor', { userId: user.id, news });
  }

  private async locked(tx: Tx, id: number): Promise<User> {
    return (await tx.lock(User, [id]))[0] as User;
  }
}
