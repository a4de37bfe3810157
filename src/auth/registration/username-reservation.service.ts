import { Injectable } from '@nestjs/common';
import { validationError, type Problem } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { RegistrationProblem } from './registration.problems.js';
import { AUTHORITY_USERNAMES, SYSTEM_USERNAMES } from './reserved-usernames.js';
import { UsernamesRepository } from './usernames.repository.js';

/** Time for which the first sign-up holds a name, so that of several at the same moment exactly one succeeds. */
const HOLD_MS = 60_000;

/** Reserves user names. Pending accounts reserve none (decision 93). */
@Injectable()
export class UsernameReservationService {
  constructor(private readonly usernames: UsernamesRepository) {}

  /**
   * Rejects a taken name or address before the password is hashed, to save its cost. Verification decides in the end.
   *
   * @throws Problem 400 where name or address is taken, 409 where another name looks like it, 422 where it is reserved
   */
  async assertFreeForSignUp(username: string, email: string): Promise<void> {
    const reserved = [...SYSTEM_USERNAMES, ...AUTHORITY_USERNAMES];
    const conflicts = await this.usernames.findSignUpConflicts(username, email, reserved);
    if (conflicts.reserved) throw reservedName();
    if (conflicts.name) throw RegistrationProblem.username_taken();
    if (conflicts.email) throw RegistrationProblem.email_taken();
    if (conflicts.alike) throw RegistrationProblem.username_confusable();
  }

  /** @throws Problem 422 where no account may have the name */
  async assertNotReserved(tx: AuditedTransaction, username: string): Promise<void> {
    if (await this.usernames.isReserved(tx, username, SYSTEM_USERNAMES)) throw reservedName();
  }

  /**
   * Reserves a name for the account that this transaction creates or verifies. Transactions that want the same or a
   * confusable name wait for its end.
   *
   * @param ownId id of the account that is verified
   * @throws Problem 400 where another account has the name, 409 where another name looks like it
   */
  async reserve(tx: AuditedTransaction, username: string, ownId: number | null = null): Promise<void> {
    await this.usernames.lockName(tx, username);
    if (await this.usernames.isTaken(tx, username, ownId)) throw RegistrationProblem.username_taken();
    await this.usernames.lockSkeleton(tx, username);
    if (await this.usernames.hasConfusable(tx, username, ownId)) throw RegistrationProblem.username_confusable();
  }

  /**
   * The same for a sign-up. It is also rejected while another first sign-up holds the name; repeated sign-ups do not
   * prolong that.
   *
   * @throws Problem 400, 409
   */
  async reserveForSignUp(tx: AuditedTransaction, username: string): Promise<void> {
    await this.reserve(tx, username);
    const holdStart = new Date(tx.now.getTime() - HOLD_MS);
    if (await this.usernames.wasFirstRequestedAfter(tx, username, holdStart))
      throw RegistrationProblem.username_taken();
  }
}

function reservedName(): Problem {
  const message =
    'username is reserved, since it could be mistaken for the product or its administrators: choose another one';
  return validationError([{ field: 'username', code: 'reserved', message }]);
}
