import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Actor } from '../core/authorization/actor.js';
import { assertVersionMatches } from '../audit/record-history/version-precondition.js';
import { type VersionCondition, type VersionedJson } from '../core/http/entity-tags.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { ChangeConfirmation } from '../core/authorization/change-confirmation.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { MailBudget } from '../infrastructure/mail/mail-budget.service.js';
import { VerificationMails } from './registration/verification-mails.service.js';
import { RegistrationProblem } from './registration/registration.problems.js';
import { User } from '../users/user.entity.js';
import { versionedUser } from '../users/user-version.js';
import { type OwnPatch, type UserView } from '../users/users.dto.js';
import { UserProblem } from '../users/users.problems.js';
import { readBackUser } from '../users/users.queries.js';
import { UsersRepository } from '../users/users.repository.js';

/** Changes of one's own account. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly verificationMails: VerificationMails,
    private readonly confirmation: ChangeConfirmation,
    private readonly users: UsersRepository,
    private readonly mailBudget: MailBudget,
  ) {}

  /**
   * Changes one's own zone or address; a new address is used once it is verified.
   *
   * @returns the user, and the verification token if there is a new address
   * @throws Problem 403 where a developer changes the zone, 400 where the address is taken, 403 or 422 where the change
   * is not confirmed by the password, 429 where the network asked for too many mails, 412 where the condition does not
   * name the version of the account
   */
  async updateOwn(
    actor: Actor,
    patch: OwnPatch,
    request: FastifyRequest,
    condition?: VersionCondition,
  ): Promise<{ user: VersionedJson<UserView>; token?: string }> {
    const { current_password: password } = patch;
    const isNew = await this.isNewAddress(actor, patch.email);
    if (isNew) await this.mailBudget.assertNetwork(actor);
    const assertConfirmed = await this.confirmation.confirmDifference(isNew, actor, 'email', password, request);
    return this.unitOfWork.run(actor, async (tx) => {
      const [user] = (await tx.lock(User, [actor.id])) as [User];
      const email = patch.email === user.email ? undefined : patch.email;
      await assertConfirmed(tx, email !== undefined);
      await assertVersionMatches(tx, condition, versionedUser(user));
      const zone = patch.timezone === user.timeZone ? undefined : patch.timezone;
      if (zone && user.role === 'developer') throw UserProblem.zone_is_managed();
      if (zone) await tx.update(User, [user], { timeZone: zone });
      const token = email && (await this.promiseAddress(tx, user, email));
      return { user: await readBackUser(tx, actor.id), ...(token && { token }) };
    });
  }

  /** Existing clients may send back what they read, which is no change. */
  private async isNewAddress(actor: Actor, email: string | undefined): Promise<boolean> {
    return email !== undefined && !(await this.users.hasAddress(actor.id, email));
  }

  private async promiseAddress(tx: AuditedTransaction, user: User, email: string): Promise<string> {
    if (await this.users.isAddressTaken(tx, email, user.id)) throw RegistrationProblem.email_taken();
    return this.verificationMails.requestAddressChange(tx, user, email);
  }
}
