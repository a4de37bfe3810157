import { Injectable } from '@nestjs/common';
import { type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { validationError } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { EmailTokensService } from '../email-tokens/email-tokens.service.js';
import { type RedeemableToken } from '../email-tokens/email-tokens.repository.js';
import { PASSWORD_RESET, VERIFICATION } from '../email-tokens/token-kinds.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { NO_PASSWORD, User } from '../../users/user.entity.js';
import { UsersRepository, type AccountFields } from '../../users/users.repository.js';
import { type Verification } from './registration.dto.js';
import { RegistrationProblem, toUniquenessProblem } from './registration.problems.js';
import { UsernameReservationService } from './username-reservation.service.js';

/** Redeems the links that `VerificationMails` sends: verifies addresses, of new accounts and of users who change theirs. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: EmailTokensService,
    private readonly users: UsersRepository,
    private readonly usernames: UsernameReservationService,
    private readonly newPasswords: NewPasswords,
  ) {}

  /**
   * Redeems a token: activates the account that it was issued for, or replaces the address of its user by the new one.
   *
   * @throws Problem 400 for an unknown, used or expired token, or where another account has the name or address by now;
   * 422 where a password is missing or not expected
   */
  async verify(principal: Principal, { token, password }: Verification): Promise<void> {
    const found = await this.tokens.find(VERIFICATION, token);
    if (!found) throw RegistrationProblem.invalid_verification_token();
    const hashedPassword = await this.hashChosenPassword(principal, found.userId, password);
    try {
      await this.unitOfWork.run(principal, (tx) => this.redeem(tx, found, hashedPassword));
    } catch (error) {
      throw toUniquenessProblem(error);
    }
  }

  /** Hashes the password chosen at the link; undefined where the account keeps its password. */
  private async hashChosenPassword(
    { requestContext }: Principal,
    userId: number,
    password: string | undefined,
  ): Promise<string | undefined> {
    const user = await this.users.findAccountFields(userId);
    if (!user) throw RegistrationProblem.invalid_verification_token();
    assertPasswordExpected(user, password);
    if (password === undefined) return undefined;
    return this.newPasswords.hash(password, user, { network: networkPrefixOf(requestContext.ip ?? '') });
  }

  private async redeem(tx: AuditedTransaction, found: RedeemableToken, hashedPassword?: string): Promise<void> {
    const used = await this.tokens.use(tx, VERIFICATION, found);
    if (!used) throw RegistrationProblem.invalid_verification_token();
    const { user, email } = used;
    if (user.pending) await this.usernames.reserve(tx, user.username, user.id);
    const patch = { email, emailVerified: true, pending: false, ...(hashedPassword && { hashedPassword }) };
    await tx.update(User, [user], patch, { verb: 'email_verified' });
    // A stranger may have requested a reset of the account that the owner of the address has just confirmed.
    if (hashedPassword) await this.tokens.revokeOpen(tx, PASSWORD_RESET, user.id);
    if (email.toLowerCase() === user.email.toLowerCase()) return;
    // Their mails go to the old address, which is no longer the user's.
    await this.tokens.revokeOpen(tx, PASSWORD_RESET, user.id);
    tx.emit('user.email_changed', { userId: user.id, oldEmail: user.email });
  }
}

/** @throws Problem 422 where a password is missing, or not expected, at the link of an account */
function assertPasswordExpected(user: AccountFields, password: string | undefined): void {
  const field = 'password';
  if (password === undefined && user.pending && user.hashedPassword === NO_PASSWORD) {
    const message = 'password is missing: choose one for your new account';
    throw validationError([{ field, code: 'password_required', message }]);
  }
  if (password !== undefined && !user.pending) {
    const message = 'a new address needs no password: leave it out';
    throw validationError([{ field, code: 'not_expected', message }]);
  }
}
