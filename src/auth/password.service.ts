import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, type Principal } from '../core/authorization/actor.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { networkPrefixOf } from '../core/http/client-network.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { LoginThrottle, type LoginProof } from './login-protection/login-throttle.service.js';
import { EmailTokensService } from './email-tokens/email-tokens.service.js';
import { PASSWORD_RESET, VERIFICATION } from './email-tokens/token-kinds.js';
import { NewPasswords } from './passwords/new-passwords.service.js';
import { UsernameReservationService } from './registration/username-reservation.service.js';
import { toUniquenessProblem } from './registration/registration.problems.js';
import { withoutUnconfirmed } from './second-factor/second-factor.service.js';
import { SessionsService, type Tokens } from './sessions/sessions.service.js';
import { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { type PasswordChange, type PasswordReset } from './auth.dto.js';
import { AuthProblem } from './auth.problems.js';
import { PasswordConfirmation } from './password-confirmation.service.js';

/** Changes passwords, by the old password or by a token from a mail. */
@Injectable()
export class PasswordService {
  constructor(
    private readonly users: UsersRepository,
    private readonly usernames: UsernameReservationService,
    private readonly unitOfWork: UnitOfWork,
    private readonly newPasswords: NewPasswords,
    private readonly sessions: SessionsService,
    private readonly tokens: EmailTokensService,
    private readonly confirmation: PasswordConfirmation,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * Changes the password and revokes the other sessions.
   *
   * @returns new tokens of this session, since a thief may have the old ones; undefined where it has just ended
   * @throws Problem 403 for a wrong old password, or after too many of them
   */
  async changePassword(
    actor: Actor,
    { old_password, new_password }: PasswordChange,
    proof: LoginProof,
  ): Promise<Tokens | undefined> {
    const user = await this.confirmation.verify(actor, old_password, proof, AuthProblem.wrong_password);
    const hashedPassword = await this.hash(new_password, user, actor);
    return this.unitOfWork.run(actor, async (tx) => {
      const current = await this.confirmation.lockVerified(tx, actor, user, AuthProblem.wrong_password);
      const patch = { hashedPassword, ...withoutUnconfirmed(current) };
      await tx.update(User, [current], patch, { verb: 'password_changed' });
      await this.sessions.revokeAll(tx, actor.id, 'password_changed', actor.sessionId);
      await this.revokePendingTokens(tx, actor.id);
      return this.sessions.renewOwn(tx, actor);
    });
  }

  /**
   * Sets a new password by a token from a mail, which also verifies the address, and revokes all sessions. Resets the
   * counts of failed log-ins and makes the device a known one, which later guesses do not lock out.
   *
   * @param device id of the device that sent the token
   * @returns the device id
   * @throws Problem 400 for an unknown, used or expired token, or where another account has the name or address by now
   */
  async resetPassword(
    principal: Principal,
    { token, new_password }: PasswordReset,
    device: string = randomUUID(),
  ): Promise<string> {
    const found = await this.tokens.find(PASSWORD_RESET, token);
    const user = found && (await this.users.findActive(found.userId));
    if (!user) throw AuthProblem.invalid_reset_token();
    const hashedPassword = await this.hash(new_password, user, principal);
    const reset = this.unitOfWork.run(principal, async (tx) => {
      const used = await this.tokens.use(tx, PASSWORD_RESET, found);
      if (!used?.user.isActive) throw AuthProblem.invalid_reset_token();
      await this.savePassword(tx, used.user, hashedPassword);
      await this.sessions.revokeAll(tx, user.id, 'password_reset');
      await this.revokePendingTokens(tx, user.id);
      await this.throttle.unlock(tx, used.user);
      await this.throttle.rememberDevice(tx, user.id, device);
    });
    // Another account may have verified the same name or address in between.
    await reset.catch((error: unknown) => Promise.reject(toUniquenessProblem(error) as Error));
    return device;
  }

  private async savePassword(tx: AuditedTransaction, user: User, hashedPassword: string): Promise<void> {
    if (user.pending) await this.usernames.reserve(tx, user.username, user.id);
    const patch = { hashedPassword, emailVerified: true, pending: false, ...withoutUnconfirmed(user) };
    await tx.update(User, [user], patch, { verb: 'password_reset' });
  }

  /** @throws Problem 422 `weak_password` */
  private hash(password: string, user: User, { requestContext }: Principal): Promise<string> {
    const client = { network: networkPrefixOf(requestContext.ip ?? '') };
    return this.newPasswords.hash(password, user, client, { field: 'new_password' });
  }

  /** Revokes tokens that a thief of the account may have requested: for a reset, or for a change of the address. */
  private async revokePendingTokens(tx: AuditedTransaction, userId: number): Promise<void> {
    await this.tokens.revokeOpen(tx, PASSWORD_RESET, userId);
    await this.tokens.revokeOpen(tx, VERIFICATION, userId);
    tx.emit('user.password_changed', { userId });
  }
}
