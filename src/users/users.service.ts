import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { withReason, type Actor } from '../core/authorization/actor.js';
import { Config } from '../core/config/config.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { ChangeConfirmation } from '../core/authorization/change-confirmation.js';
import { matches } from '../core/authorization/policy.js';
import { User } from './user.entity.js';
import { type UserPatch } from './users.dto.js';
import { UserProblem } from './users.events.js';
import { visibleUsers, type UserAttributes } from './user.policy.js';
import { openTasksOf, maskWithheld, writtenUser } from './users.queries.js';
import { UsersRepository } from './users.repository.js';

/** The verbs of users. Each answers with JSON text of what was written. */
@Injectable()
export class UsersService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly confirmation: ChangeConfirmation,
    private readonly users: UsersRepository,
    private readonly config: Config,
  ) {}

  /**
   * Changes role, standing or zone of a user, for a reason. A user who is disabled is signed out everywhere at once, and
   * their open tasks are in the answer. Managers change whom they cannot read as well, but learn no more of them by that.
   *
   * @throws Problem 404 where nothing would change of a user whom the actor cannot read, 403 for one's own role or where only a command
   * appoints auditors, 409 for the
   * last active manager, 422 without a reason or where the body names nothing to change, 403 or 422 where the change is not
   * confirmed by the password
   */
  async update(actor: Actor, id: number, patch: UserPatch, request: FastifyRequest): Promise<string> {
    const { role, is_active, timezone, reason, current_password: password } = patch;
    if (password !== undefined || (await this.isNews(id, patch)))
      await this.confirmation.confirmChange(actor, 'users', password, request);
    return this.unitOfWork.run(withReason(actor, reason), async (tx) => {
      const losesManager = (role !== undefined && role !== 'manager') || is_active === false;
      // Before any other user, so that the last two cannot demote each other at once.
      const managers = losesManager ? await this.users.lockActiveManagers(tx) : [];
      const [user] = await tx.lock(User, [id]);
      if (!user) throw UserProblem.user_not_found(`User ${id} not found`);
      if (role && role !== user.role && id === actor.id) throw UserProblem.own_role();
      if (this.appointsAuditor(user, { role, is_active })) throw UserProblem.auditor_appointment();
      if (managers.length === 1 && managers[0] === id) throw UserProblem.last_manager();
      // Whichever zone a manager sets answers the request for one.
      const requestedTimeZone = timezone === undefined ? undefined : null;
      const given = { role, isActive: is_active, timeZone: timezone, requestedTimeZone };
      const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const changes = Object.entries(values).some(([field, value]) => user[field as keyof User] !== value);
      if (!changes && !matches<UserAttributes>(user, visibleUsers(actor)))
        throw UserProblem.user_not_found(`User ${id} not found`);
      if (isEmpty(request)) throw UserProblem.nothing_to_change('Name at least one of role, is_active and timezone');
      await tx.update(User, [user], values, { verb: verbOf(user, { role, is_active }), needsReason: true });
      if (is_active === false) tx.emit('user.disabled', { userId: id });
      if (is_active === false || (role && role !== user.role)) tx.emit('user.dismissed', { userId: id });
      const json = await writtenUser(tx, id);
      const isVisible = matches<UserAttributes>({ id, role: role ?? user.role }, visibleUsers(actor));
      const shown = isVisible ? json : maskWithheld(json);
      return is_active === false ? `${shown.slice(0, -1)},${await openTasksOf(tx, id)}}` : shown;
    });
  }

  /** Whether a change makes a user who is no active auditor one, where only a command may. */
  private appointsAuditor(user: User, { role = user.role, is_active = user.isActive }: UserPatch): boolean {
    if (this.config.appointsAuditors !== 'command') return false;
    const isAuditor = user.role === 'auditor' && user.isActive;
    return role === 'auditor' && !isAuditor && (user.role !== 'auditor' || is_active);
  }

  private async isNews(id: number, { role, is_active, timezone }: UserPatch): Promise<boolean> {
    const user = await this.users.standingOf(id);
    const given = Object.entries({ role, isActive: is_active, timeZone: timezone }).filter(
      ([, value]) => value !== undefined,
    );
    return given.some(([field, value]) => user?.[field as keyof typeof user] !== value);
  }
}

/** Of the fields that were sent: unknown ones are told of before. */
const isEmpty = ({ body }: FastifyRequest): boolean =>
  Object.keys((body ?? {}) as object).every((field) => field === 'reason');

function verbOf(user: User, { role, is_active }: UserPatch): string {
  if (is_active !== undefined && is_active !== user.isActive) return is_active ? 'enabled' : 'disabled';
  return role && role !== user.role ? 'role_changed' : 'updated';
}
