import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../core/config/config.js';
import { type Actor, type Author } from '../core/authorization/actor.js';
import { Change } from '../core/persistence/unit-of-work.js';
import { networkOf } from '../core/http/client-network.js';
import { invalid } from '../core/http/problem.js';
import { type Tx } from '../core/persistence/audited-transaction.js';
import { LoginGate, type Credit } from './login-protection/login-gate.js';
import { MailedTokens, PASSWORD_RESET, VERIFICATION } from './email-tokens/mailed-tokens.js';
import { passwordFault } from './passwords/password-rules.js';
import { Passwords } from './passwords/passwords.js';
import { claimName } from './registration/username-reservation.js';
import { taken } from './registration/registration.events.js';
import { SessionsService, type Tokens } from './sessions/sessions.service.js';
import { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { type PasswordChange, type PasswordReset } from './auth.dto.js';
import { AuthProblem } from './auth.events.js';
import { PasswordConfirmation } from './password-confirmation.service.js';

/** Choosing a new password, by the old one or by a token that was mailed. */
@Injectable()
export class PasswordService {
  constructor(
    private readonly users: UsersRepository,
    private readonly change: Change,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly tokens: MailedTokens,
    private readonly confirmation: PasswordConfirmation,
    private readonly gate: LoginGate,
    private readonly config: Config,
  ) {}

  /**
   * Changes the password and ends the other sessions.
   *
   * @returns fresh tokens for this one: somebody else may have those that it had. Undefined where it has just ended
   * @throws Problem 403 for a wrong old password, or after too many of them
   */
  async changePassword(
    me: Actor,
    { old_password, new_password }: PasswordChange,
    credit: Credit,
  ): Promise<Tokens | undefined> {
    const user = await this.confirmation.verify(me, old_password, credit, AuthProblem.wrong_password);
    const hashedPassword = await this.hashed(new_password, user, me);
    return this.change.by(me, async (tx) => {
      const current = await this.users.lockUnchanged(tx, user);
      if (!current) throw AuthProblem.wrong_password();
      await tx.update(User, [current], { hashedPassword }, { verb: 'password_changed' });
      await this.sessions.endAll(tx, me.id, 'password_changed', me.sessionId);
      await this.endWhatWasUnderWay(tx, me.id);
      return this.sessions.renewOwn(tx, me);
    });
  }

  /**
   * Sets the password of whoever got the token by mail, which proves the address as well, and ends all sessions. Guesses
   * of the old password count no more, and later ones do not keep this device out.
   *
   * @param device that the token came from
   * @returns the device, which is known from now on
   * @throws Problem 400 for an unknown, used or expired token, or where somebody else has the name or address by now
   */
  async resetPassword(
    visitor: Author,
    { token, new_password }: PasswordReset,
    device: string = randomUUID(),
  ): Promise<string> {
    const found = await this.tokens.find(PASSWORD_RESET, token);
    const user = found && (await this.users.findActive(found.userId));
    if (!user) throw AuthProblem.invalid_reset_token();
    const hashedPassword = await this.hashed(new_password, user, visitor);
    const reset = this.change.by(visitor, async (tx) => {
      const used = await this.tokens.use(tx, PASSWORD_RESET, found);
      if (!used?.user.isActive) throw AuthProblem.invalid_reset_token();
      await this.store(tx, used.user, hashedPassword);
      await this.sessions.endAll(tx, user.id, 'password_reset');
      await this.endWhatWasUnderWay(tx, user.id);
      await this.gate.unlock(tx, used.user);
      await this.gate.remember(tx, user.id, device);
    });
    // Somebody else may have verified the same name or address meanwhile.
    await reset.catch((error: unknown) => Promise.reject(taken(error) as Error));
    return device;
  }

  private async store(tx: Tx, user: User, hashedPassword: string): Promise<void> {
    if (user.pending) await claimName(tx, user.username, user.id);
    const patch = { hashedPassword, emailVerified: true, pending: false };
    await tx.update(User, [user], patch, { verb: 'password_reset' });
  }

  private hashed(password: string, user: User, { origin }: Author): Promise<string> {
    const fault = passwordFault(password, { username: user.username, email: user.email, appName: this.config.appName });
    if (fault) throw invalid([{ field: 'new_password', code: 'weak_password', message: fault }]);
    return this.passwords.hash(password, { network: networkOf(origin.ip ?? '') });
  }

  /** A thief who is being locked out may have asked for a reset, or for the account to get another address. */
  private async endWhatWasUnderWay(tx: Tx, userId: number): Promise<void> {
    await this.tokens.endOpen(tx, PASSWORD_RESET, userId);
    await this.tokens.endOpen(tx, VERIFICATION, userId);
    tx.emit('user.password_changed', { userId });
  }
}
