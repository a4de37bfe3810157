import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { validationError } from '../../core/http/problem.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';
import { Database } from '../../infrastructure/database/database.js';
import { passwordWeakness } from '../passwords/password-rules.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';
import { RateBudgets } from '../../infrastructure/rate-limiting/rate-budgets.js';
import { principalOf, NO_PASSWORD, User } from '../../users/user.entity.js';
import { EmailVerificationService } from './email-verification.service.js';
import {
  reserveUsernameForSignUp,
  isReservedForSignUp,
  confusableUsername,
  reservedName,
  sameUsername,
} from './username-reservation.js';
import { type Registration } from './registration.dto.js';
import { RegistrationProblem, toUniquenessProblem } from './registration.problems.js';

/** Sign-up. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly passwords: PasswordHasher,
    private readonly verification: EmailVerificationService,
    private readonly config: Config,
    private readonly rates: RateBudgets,
    private readonly mailBudget: MailBudget,
  ) {}

  /**
   * Makes a pending account, always of a developer, that can be used once its address is verified. Others may sign up
   * with the same name and address until one of them has verified it (decision 93).
   *
   * @returns the verification token
   * @param gone aborts when the client hangs up
   * @throws Problem 400 if name or address is taken, whatever its case; 429 or 503 where too many sign up
   */
  async register(
    principal: Principal,
    { username, email, password, timezone }: Registration,
    gone?: AbortSignal,
  ): Promise<string> {
    this.assertAcceptable(password, { username, email });
    const network = networkPrefixOf(principal.requestContext.ip ?? '');
    if (this.config.rateLimits.enabled) await this.rates.spend('sign_ups', network);
    await this.mailBudget.assertNetwork(principal);
    const assertFree = () => this.refuseTaken(username, email);
    if (password === undefined) await assertFree();
    const hashedPassword =
      password === undefined ? NO_PASSWORD : await this.passwords.hash(password, { network, gone }, assertFree);
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
        await reserveUsernameForSignUp(tx, username);
        const [user] = (await tx.insert(User, [{ ...row, dateJoined: tx.now, createdAt: tx.now }], {
          verb: 'registered',
        })) as [User];
        return this.verification.issue(tx.actAs({ ...principal, ...principalOf(user) }), user, email);
      });
    } catch (error) {
      throw toUniquenessProblem(error);
    }
  }

  /** @throws Problem 422 */
  private assertAcceptable(password: string | undefined, about: { username: string; email: string }): void {
    const behindLink = this.config.signUpPassword === 'confirmation';
    const field = 'password';
    if (password === undefined && !behindLink)
      throw validationError([{ field, code: 'isLength', message: 'password must have 8 to 100 characters' }]);
    if (password !== undefined && behindLink) {
      const message = 'the password is chosen behind the link that is mailed to you: leave it out here';
      throw validationError([{ field, code: 'chosen_later', message }]);
    }
    const fault =
      password === undefined ? undefined : passwordWeakness(password, { ...about, appName: this.config.appName });
    if (fault) throw validationError([{ field, code: 'weak_password', message: fault }]);
  }

  /** Saves the cost of a hash; what is decided in the end is decided when the address is verified. */
  private async refuseTaken(username: string, email: string): Promise<void> {
    const found = await this.database.row<{
      name: boolean;
      email: boolean;
      reserved: boolean;
      alike: boolean;
    }>(sql`SELECT
      ${isReservedForSignUp(username)} AS reserved,
      EXISTS (SELECT FROM users WHERE ${confusableUsername(username)} AND NOT pending) AS alike,
      EXISTS (SELECT FROM users WHERE ${sameUsername(username)} AND NOT pending) AS name,
      EXISTS (SELECT FROM users WHERE lower(email) = lower(${email}) AND NOT pending) AS email`);
    if (found?.reserved) throw reservedName();
    if (found?.name) throw RegistrationProblem.username_taken();
    if (found?.email) throw RegistrationProblem.email_taken();
    if (found?.alike) throw RegistrationProblem.username_confusable();
  }
}
