import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../config/config.js';
import { type Author } from '../core/actor.js';
import { Change } from '../core/change.js';
import { networkOf } from '../core/network.js';
import { invalid } from '../core/problem.js';
import { Database } from '../database/database.js';
import { passwordFault } from '../passwords/password-rules.js';
import { Passwords } from '../passwords/passwords.js';
import { RateBudgets } from '../rate-limits/rate-budgets.js';
import { named, User } from '../users/user.entity.js';
import { EmailVerification } from './email-verification.service.js';
import { claimName, sameName } from './one-name.js';
import { type Registration } from './registration.dto.js';
import { RegistrationProblem, taken } from './registration.events.js';

/** Sign-up. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly change: Change,
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly verification: EmailVerification,
    private readonly config: Config,
    private readonly rates: RateBudgets,
  ) {}

  /**
   * Makes an account, always of a developer, that can be used once its address is verified.
   *
   * @returns the verification token
   * @param gone aborts when the client hangs up
   * @throws Problem 400 if name or address is taken, whatever its case; 429 or 503 where too many sign up
   */
  async register(
    visitor: Author,
    { username, email, password, timezone }: Registration,
    gone?: AbortSignal,
  ): Promise<string> {
    const fault = passwordFault(password, { username, email, appName: this.config.appName });
    if (fault) throw invalid([{ field: 'password', code: 'weak_password', message: fault }]);
    const network = networkOf(visitor.origin.ip ?? '');
    if (this.config.rateLimits.enabled) await this.rates.spend('sign_ups', network);
    const hashedPassword = await this.passwords.hash(password, { network, gone }, () =>
      this.refuseTaken(username, email),
    );
    const row = {
      username,
      email,
      hashedPassword,
      role: 'developer' as const,
      ...(timezone && { timeZone: timezone }),
    };
    try {
      return await this.change.by(visitor, async (tx) => {
        await claimName(tx, username);
        const [user] = (await tx.insert(User, [{ ...row, dateJoined: tx.now, createdAt: tx.now }], {
          verb: 'registered',
        })) as [User];
        return this.verification.issue(tx.as({ ...visitor, ...named(user) }), user, email);
      });
    } catch (error) {
      throw taken(error);
    }
  }

  /** Saves the cost of a hash; the unique indexes decide between those who come at the same time. */
  private async refuseTaken(username: string, email: string): Promise<void> {
    const found = await this.database.row<{ name: boolean; email: boolean }>(sql`SELECT
      EXISTS (SELECT FROM users WHERE ${sameName(username)}) AS name,
      EXISTS (SELECT FROM users WHERE lower(email) = lower(${email})) AS email`);
    if (found?.name) throw RegistrationProblem.username_taken();
    if (found?.email) throw RegistrationProblem.email_taken();
  }
}
