import { Injectable } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { validationError } from '../../core/http/problem.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { RateBudgets } from '../../infrastructure/rate-limiting/rate-budgets.js';
import { principalOf, NO_PASSWORD, User } from '../../users/user.entity.js';
import { VerificationMails } from './verification-mails.service.js';
import { type Registration } from './registration.dto.js';
import { toUniquenessProblem } from './registration.problems.js';
import { UsernameReservationService } from './username-reservation.service.js';

/** Registers accounts by sign-up. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly usernames: UsernameReservationService,
    private readonly newPasswords: NewPasswords,
    private readonly verificationMails: VerificationMails,
    private readonly config: Config,
    private readonly rates: RateBudgets,
    private readonly mailBudget: MailBudget,
  ) {}

  /**
   * Creates a pending account, always of a developer, that can be used once its address is verified. Others may sign up
   * with the same name and address until one of them has verified it (decision 93).
   *
   * @param aborted aborts when the client disconnects
   * @returns the verification token
   * @throws Problem 400 where name or address is taken, ignoring case; 429 or 503 where too many sign up
   */
  async register(
    principal: Principal,
    { username, email, password, timezone }: Registration,
    aborted?: AbortSignal,
  ): Promise<string> {
    // Before anything is counted; hashing judges it once more.
    this.assertPasswordAcceptable(password, { username, email });
    const network = networkPrefixOf(principal.requestContext.ip ?? '');
    await this.rates.spend('sign_ups', network);
    await this.mailBudget.assertNetwork(principal);
    const precondition = () => this.usernames.assertFreeForSignUp(username, email);
    if (password === undefined) await precondition();
    const client = { network, gone: aborted };
    const hashedPassword =
      password === undefined
        ? NO_PASSWORD
        : await this.newPasswords.hash(password, { username, email }, client, { precondition });
    const row = {
      username,
      email,
      hashedPassword,
      role: 'developer' as const,
      pending: true,
      ...(timezone && { [this.config.confirmSignUpTimeZone ? 'requestedTimeZone' : 'timeZone']: timezone }),
    };
    try {
      return await this.unitOfWork.run(principal, async (tx) => {
        await this.usernames.reserveForSignUp(tx, username);
        const draft = { ...row, dateJoined: tx.now, createdAt: tx.now };
        const [user] = (await tx.insert(User, [draft], { verb: 'registered' })) as [User];
        return this.verificationMails.issue(tx.actAs({ ...principal, ...principalOf(user) }), user, email);
      });
    } catch (error) {
      throw toUniquenessProblem(error);
    }
  }

  /** @throws Problem 422 for a missing, weak or unexpected password */
  private assertPasswordAcceptable(
    password: string | undefined,
    account: { readonly username: string; readonly email: string },
  ): void {
    const isChosenAtLink = this.config.signUpPassword === 'confirmation';
    const field = 'password';
    if (password === undefined && !isChosenAtLink)
      throw validationError([{ field, code: 'required', message: 'password is required' }]);
    if (password !== undefined && isChosenAtLink) {
      const message = 'the password is chosen at the link that is mailed to you: leave it out here';
      throw validationError([{ field, code: 'chosen_later', message }]);
    }
    if (password !== undefined) this.newPasswords.assertStrong(password, account);
  }
}
