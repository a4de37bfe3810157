import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../config/config.js';
import { type Author } from '../core/actor.js';
import { Change } from '../core/change.js';
import { violates } from '../core/database-problem.js';
import { invalid } from '../core/problem.js';
import { type Tx } from '../core/tx.js';
import { Database } from '../database/database.js';
import { hashToken } from '../sessions/refresh-token.js';
import { User } from '../users/user.entity.js';
import { AuthProblem } from './auth.events.js';
import { type Registration } from './auth.dto.js';
import { named, newSecret } from './auth.service.js';
import { passwordFault } from './password-rules.js';
import { Passwords } from './passwords.js';
import { VerificationToken } from './verification-token.entity.js';

/** Sign-up, and the proof that an address is its owner's. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly config: Config,
    private readonly change: Change,
    private readonly database: Database,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Makes an account, always of a developer, that can be used once its address is verified.
   *
   * @returns the verification token
   * @throws Problem 400 if name or address is taken, whatever its case
   */
  async register(visitor: Author, { username, email, password, timezone }: Registration): Promise<string> {
    const fault = passwordFault(password, { username, email });
    if (fault) throw invalid([{ field: 'password', code: 'weak_password', message: fault }]);
    await this.refuseTaken(username, email);
    const hashedPassword = await this.passwords.hash(password);
    const row = {
      username,
      email,
      hashedPassword,
      role: 'developer' as const,
      ...(timezone && { timeZone: timezone }),
    };
    try {
      return await this.change.by(visitor, async (tx) => {
        const [user] = (await tx.insert(User, [{ ...row, dateJoined: tx.now, createdAt: tx.now }], {
          verb: 'registered',
        })) as [User];
        return this.issueToken(tx.as({ ...visitor, ...named(user) }), user.id, email);
      });
    } catch (error) {
      throw taken(error);
    }
  }

  /**
   * Redeems a verification token; where it was for a new address, that address replaces the old one.
   *
   * @throws Problem 400 for an unknown, used or expired token
   */
  async verifyEmail(visitor: Author, secret: string): Promise<void> {
    try {
      await this.change.by(visitor, (tx) => this.redeem(tx, secret));
    } catch (error) {
      throw taken(error);
    }
  }

  /** A single-use token for an address, within a transaction; earlier ones of the user end. @returns the secret */
  async issueToken(tx: Tx, userId: number, email: string): Promise<string> {
    const secret = newSecret();
    const open = await tx.query<{ id: number }>(
      sql`SELECT id FROM email_verification_tokens WHERE user_id = ${userId} AND used_at IS NULL`,
    );
    const earlier = await tx.lock(
      VerificationToken,
      open.map(({ id }) => id),
      sql`used_at IS NULL`,
    );
    await tx.update(VerificationToken, earlier, { usedAt: tx.now }, { verb: 'superseded' });
    const expiresAt = new Date(tx.now.getTime() + this.config.verificationTokenSeconds * 1000);
    await tx.insert(VerificationToken, [{ userId, email, tokenHash: hashToken(secret), createdAt: tx.now, expiresAt }]);
    return secret;
  }

  private async redeem(tx: Tx, secret: string): Promise<void> {
    const [found] = await tx.query<{ id: number }>(
      sql`SELECT id FROM email_verification_tokens WHERE token_hash = ${hashToken(secret)}`,
    );
    const [token] = found ? await tx.lock(VerificationToken, [found.id]) : [];
    if (!token || token.usedAt || token.expiresAt <= tx.now) throw AuthProblem.invalid_verification_token();
    const [user] = (await tx.lock(User, [token.userId])) as [User];
    tx.as({ ...tx.author, ...named(user) });
    await tx.update(VerificationToken, [token], { usedAt: tx.now }, { verb: 'used' });
    await tx.update(User, [user], { email: token.email, emailVerified: true }, { verb: 'email_verified' });
  }

  /** Saves the cost of a hash; the unique indexes decide between those who come at the same time. */
  private async refuseTaken(username: string, email: string): Promise<void> {
    const found = await this.database.row<{ name: boolean; email: boolean }>(sql`SELECT
      EXISTS (SELECT FROM users WHERE lower(username) = lower(${username})) AS name,
      EXISTS (SELECT FROM users WHERE lower(email) = lower(${email})) AS email`);
    if (found?.name) throw AuthProblem.username_taken();
    if (found?.email) throw AuthProblem.email_taken();
  }
}

/** The problem that a violated unique index of users stands for. */
export function taken(error: unknown): unknown {
  if (violates(error, 'users_username_key')) return AuthProblem.username_taken();
  return violates(error, 'users_email_key') ? AuthProblem.email_taken() : error;
}
