import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { type Principal, type Role } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { validationError } from '../../core/http/problem.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';
import { Registration } from './registration.dto.js';
import { toUniquenessProblem } from './registration.problems.js';
import { User } from '../../users/user.entity.js';
import { UsernameReservationService } from './username-reservation.service.js';

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly role: Role;
  readonly timezone?: string | undefined;
  /** Generated where left out. */
  readonly password?: string | undefined;
  /** Accepts a weak password. */
  readonly demo?: boolean;
}

export interface Account {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  /** The generated password, if any. */
  readonly password?: string;
}

/** Creates accounts that need no verification, for commands of the operator. */
@Injectable()
export class AccountProvisioningService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly usernames: UsernameReservationService,
    private readonly passwords: PasswordHasher,
    private readonly newPasswords: NewPasswords,
  ) {}

  /** @throws Problem 400 where name or address is taken, 409 where another name looks like it, 422 for an invalid value */
  async create(principal: Principal, account: NewAccount): Promise<Account> {
    const password = account.password ?? randomBytes(15).toString('base64url');
    const registration = registrationOf({ ...account, password });
    const weakness = account.demo ? undefined : this.newPasswords.weaknessOf(password, registration);
    assertValid(registration, weakness);
    const { username, email, timezone } = registration;
    const hashedPassword = await this.passwords.hash(password);
    const row = {
      username,
      email,
      hashedPassword,
      role: account.role,
      emailVerified: true,
      ...(timezone && { timeZone: timezone }),
    };
    try {
      const [user] = (await this.unitOfWork.run(principal, async (tx) => {
        await this.usernames.assertNotReserved(tx, username);
        await this.usernames.reserve(tx, username);
        return tx.insert(User, [{ ...row, dateJoined: tx.now, createdAt: tx.now }]);
      })) as [User];
      return { id: user.id, username, role: user.role, ...(account.password === undefined && { password }) };
    } catch (error) {
      throw toUniquenessProblem(error);
    }
  }
}

/** Normalises values as those of a sign-up. */
const registrationOf = ({ username, email, password, timezone }: NewAccount & { password: string }): Registration =>
  plainToInstance(Registration, { username, email, password, ...(timezone && { timezone }) });

/** Applies the rules of a sign-up. @throws Problem 422 */
function assertValid(registration: Registration, weakness: string | undefined): void {
  const errors = validateSync(registration).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((message) => ({ field: property, code: 'invalid', message })),
  );
  if (weakness) errors.push({ field: 'password', code: 'weak_password', message: weakness });
  if (errors.length > 0) throw validationError(errors);
}
