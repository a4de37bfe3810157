import { Injectable } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { validationError } from '../../core/http/problem.js';
import { PasswordHasher, type HashClient } from './password-hasher.service.js';
import { passwordWeakness } from './password-rules.js';

/** Account that gets a password. */
interface NewPasswordAccount {
  readonly username: string;
  readonly email: string;
}

/** Judges newly chosen passwords, also against the name of the product, and hashes them. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly config: Config,
  ) {}

  /** @returns why the password is weak; undefined where it is not */
  weaknessOf(password: string, { username, email }: NewPasswordAccount): string | undefined {
    return passwordWeakness(password, { username, email, appName: this.config.appName });
  }

  /** @param field name of the password in the request. @throws Problem 422 `weak_password` */
  assertStrong(password: string, account: NewPasswordAccount, field = 'password'): void {
    const message = this.weaknessOf(password, account);
    if (message) throw validationError([{ field, code: 'weak_password', message }]);
  }

  /**
   * Hashes a password in its turn.
   *
   * @param precondition as of `PasswordHasher.hash`
   * @throws Problem 422 `weak_password`; 429 or 503 when too many wait
   */
  async hash(
    password: string,
    account: NewPasswordAccount,
    client: HashClient,
    { field, precondition }: { readonly field?: string; readonly precondition?: () => Promise<void> } = {},
  ): Promise<string> {
    this.assertStrong(password, account, field);
    return this.hasher.hash(password, client, precondition);
  }
}
