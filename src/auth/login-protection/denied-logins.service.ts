import { Injectable } from '@nestjs/common';
import { type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { RateBudgets } from '../../infrastructure/rate-limiting/rate-budgets.js';
import { type Guessed } from './login-throttle.service.js';

/** Audits log-ins that are denied although the password was right, which count as no guess. */
@Injectable()
export class DeniedLogins {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly rates: RateBudgets,
  ) {}

  /**
   * @param code cause of the denial
   * @throws Problem 429 where the user had too many of them, which are then not recorded: entries are kept for ever
   */
  async record(principal: Principal, { id, version, username }: Guessed, code: string): Promise<void> {
    await this.rates.spend('denied_logins', id);
    const entity = { entityType: 'user', entityId: id, entityVersion: version, entityName: username };
    const changes = { username: [username, username] as const, code: [null, code] as const };
    await this.unitOfWork.run(principal, async (tx) => tx.audit({ ...entity, action: 'user.login_failed', changes }));
  }
}
