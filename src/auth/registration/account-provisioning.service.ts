import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Config } from '../../core/config/config.js';
import { type Principal, type Role } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { validationError } from '../../core/http/problem.js';
import { passwordWeakness } from '../passwords/password-rules.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';
import { assertNotReserved, reserveUsername } from './username-reservation.js';
import { Registration } from './registration.dto.js';
import { toUniquenessProblem } from './registration.problems.js';
import { User } from '../../users/user.entity.js';

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly role: Role;
  readonly timezone?: string | undefined;
  /** Left out: one is made up. */
  readonly password?: string | undefined;
  /** Its password may be one that everybody knows. */
  readonly demo?: boolean;
}

export interface Account {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  /** Only where it was made up. */
  readonly password?: string;
}

/** Accounts that need no verification, made by whoever runs the installation. */
@Injectable()
export class AccountProvisioningService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: PasswordHasher,
    private readonly config: Config,
  ) {}

  /** @throws Problem 400 where name or address is taken, 409 where the name looks like one that is, 422 where a value is not acceptable */
  async create(principal: Principal, account: NewAccount): Promise<Account> {
    const password = account.password ?? randomBytes(15).toString('base64url');
    const { username, email, timezone } = checked({ ...account, password }, this.config.appName);
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
        await assertNotReserved(tx, username);
        await reserveUsername(tx, username);
        return tx.insert(User, [{ ...row, dateJoined: tx.now, createdAt: tx.now }]);
      })) as [User];
      return { id: user.id, username, role: user.role, ...(account.password === undefined && { password }) };
    } catch (error) {
      throw toUniquenessProblem(error);
    }
  }
}

/** The same rules as for those who sign up themselves. */
function checked(
  { username, email, password, timezone, demo }: NewAccount & { password: string },
  appName: string,
): Registration {
  const registration = plainToInstance(Registration, { username, email, password, ...(timezone && { timezone }) });
  const errors = validateSync(registration).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((message) => ({ field: property, code: 'invalid', message })),
  );
  const fault = demo ? undefined : passwordWeakness(password, { ...registration, appName });
  if (fault) errors.push({ field: 'password', code: 'weak_password', message: fault });
  if (errors.length > 0) throw validationError(errors);
  return registration;
}
