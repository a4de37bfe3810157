import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Actor } from '../core/authorization/actor.js';
import { Change } from '../core/persistence/unit-of-work.js';
import { ChangeConfirmation } from '../core/authorization/change-confirmation.js';
import { type Tx } from '../core/persistence/audited-transaction.js';
import { EmailVerification } from './registration/email-verification.service.js';
import { RegistrationProblem } from './registration/registration.events.js';
import { User } from '../users/user.entity.js';
import { type OwnPatch } from '../users/users.dto.js';
import { UserProblem } from '../users/users.events.js';
import { writtenUser } from '../users/users.queries.js';
import { UsersRepository } from '../users/users.repository.js';

/** Changes of one's own account. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly change: Change,
    private readonly verification: EmailVerification,
    private readonly confirmation: ChangeConfirmation,
    private readonly users: UsersRepository,
  ) {}

  /**
   * Changes one's own zone or address; a new address is used once it is verified.
   *
   * @returns the user as JSON text, and the verification token if there is a new address
   * @throws Problem 403 where a developer changes the zone, 400 where the address is taken, 403 or 422 where the change
   * is not confirmed by the password
   */
  async updateOwn(me: Actor, patch: OwnPatch, request: FastifyRequest): Promise<{ json: string; token?: string }> {
    const { current_password: password } = patch;
    if (password !== undefined || (await this.isNewAddress(me, patch.email)))
      await this.confirmation.confirmChange(me, 'email', password, request);
    return this.change.by(me, async (tx) => {
      const [user] = (await tx.lock(User, [me.id])) as [User];
      const zone = patch.timezone === user.timeZone ? undefined : patch.timezone;
      if (zone && me.role === 'developer') throw UserProblem.zone_is_managed();
      if (zone) await tx.update(User, [user], { timeZone: zone });
      const email = patch.email?.toLowerCase() === user.email.toLowerCase() ? undefined : patch.email;
      const token = email && (await this.promiseAddress(tx, user, email));
      return { json: await writtenUser(tx, me.id), ...(token && { token }) };
    });
  }

  /** Existing clients may send back what they read, which is no change. */
  private async isNewAddress(me: Actor, email: string | undefined): Promise<boolean> {
    return email !== undefined && !(await this.users.hasAddress(me.id, email));
  }

  private async promiseAddress(tx: Tx, user: User, email: string): Promise<string> {
    if (await this.users.isAddressTaken(tx, email)) throw RegistrationProblem.email_taken();
    return this.verification.promise(tx, user, email);
  }
}
