import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { withReason, type Actor } from '../core/authorization/actor.js';
import { ChangeConfirmation } from '../core/authorization/change-confirmation.js';
import { matches } from '../core/authorization/policy.js';
import { type VersionCondition, type VersionedJson } from '../core/http/entity-tags.js';
import { assertVersionMatches } from '../audit/record-history/version-precondition.js';
import { Config } from '../core/config/config.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { User } from './user.entity.js';
import { versionedUser } from './user-version.js';
import { managedUsers, visibleUsers, type UserAttributes } from './user.policy.js';
import { type ChangedUser, type UserPatch } from './users.dto.js';
import { UserProblem } from './users.problems.js';
import { readBackChangedUser } from './users.queries.js';
import { UsersRepository } from './users.repository.js';

/** Changes users, each in one audited transaction. */
@Injectable()
export class UsersService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly confirmation: ChangeConfirmation,
    private readonly users: UsersRepository,
    private readonly config: Config,
  ) {}

  /**
   * Changes role, activation or time zone of a user, for a reason. A user who is disabled is signed out everywhere, and
   * the response has their open tasks. Managers also change users whom they cannot read, without learning more of them.
   *
   * @throws Problem 404 where the actor cannot read the user and nothing would change; 403 for the actor's own role, or
   * where only a command appoints auditors; 409 for the last active manager; 422 without a reason or a field; 403 or 422
   * where the password does not confirm the change; 412 where the condition does not name the version of the user
   */
  async update(
    actor: Actor,
    id: number,
    patch: UserPatch,
    request: FastifyRequest,
    condition?: VersionCondition,
  ): Promise<VersionedJson<ChangedUser>> {
    const { reason, current_password: password } = patch;
    const isChange = password === undefined && (await this.changesAnything(actor, id, patch));
    const assertConfirmed = await this.confirmation.confirmDifference(isChange, actor, 'users', password, request);
    return this.unitOfWork.run(withReason(actor, reason), async (tx) => {
      const user = await this.lockChangeableOrThrow(tx, actor, id, patch);
      await assertConfirmed(tx, differs(user, columns(patch)));
      await assertVersionMatches(tx, condition, versionedUser(user, matches(user, visibleUsers(actor))));
      assertNamesAField(request);
      await tx.update(User, [user], columns(patch), { verb: verbOf(user, patch), needsReason: true });
      emitChange(tx, user, patch);
      const after = { ...user, role: patch.role ?? user.role };
      const isVisible = matches<UserAttributes>(after, visibleUsers(actor));
      return readBackChangedUser(tx, id, { isVisible, withOpenTasks: patch.is_active === false });
    });
  }

  private async lockChangeableOrThrow(
    tx: AuditedTransaction,
    actor: Actor,
    id: number,
    patch: UserPatch,
  ): Promise<User> {
    // In the order of ids, so that two managers who change each other do not wait for each other; all managers, so that the
    // last two cannot demote each other at once.
    if (actor.id < id && !losesManager(patch)) await this.users.keep(tx, actor.id);
    const managers = losesManager(patch) ? await this.users.lockWithManagers(tx, id) : [];
    const user = await this.users.lock(tx, id);
    if (!user || !matches<UserAttributes>(user, managedUsers(actor))) throw userNotFound(id);
    if (patch.role && patch.role !== user.role && id === actor.id) throw UserProblem.own_role();
    if (this.appointsAuditor(user, patch)) throw UserProblem.auditor_appointment();
    if (managers.length === 1 && managers[0] === id) throw UserProblem.last_manager();
    if (!differs(user, columns(patch)) && !matches<UserAttributes>(user, visibleUsers(actor))) throw userNotFound(id);
    return user;
  }

  /** True where a change makes a user who is no active auditor one, and only a command may do that. */
  private appointsAuditor(user: User, { role = user.role, is_active = user.isActive }: UserPatch): boolean {
    if (this.config.appointsAuditors !== 'command') return false;
    const isAuditor = user.role === 'auditor' && user.isActive;
    return role === 'auditor' && !isAuditor && (user.role !== 'auditor' || is_active);
  }

  /** True for a user whom the actor may not know of: the answer must not depend on the values. */
  private async changesAnything(actor: Actor, id: number, patch: UserPatch): Promise<boolean> {
    if (!(await this.users.isLeftTo(actor, id))) return true;
    const current = await this.users.findManagedFields(id);
    return differs(current ?? undefined, columns(patch));
  }
}

const userNotFound = (id: number) => UserProblem.user_not_found(`User ${id} not found`);

const losesManager = ({ role, is_active }: UserPatch): boolean =>
  (role !== undefined && role !== 'manager') || is_active === false;

/** The fields of a body as properties of the entity. Any time zone that a manager sets answers the request for one. */
function columns({ role, is_active, timezone }: UserPatch): Partial<User> {
  const requestedTimeZone = timezone === undefined ? undefined : null;
  return definedOnly({ role, isActive: is_active, timeZone: timezone, requestedTimeZone });
}

function definedOnly(values: { readonly [K in keyof User]?: User[K] | undefined }): Partial<User> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const differs = (user: Partial<User> | undefined, values: Partial<User>): boolean =>
  Object.entries(values).some(([property, value]) => user?.[property as keyof User] !== value);

/**
 * Judges the fields that were sent: validation has rejected unknown ones.
 *
 * @throws Problem 422 `nothing_to_change`
 */
function assertNamesAField({ body }: FastifyRequest): void {
  if (Object.keys((body ?? {}) as object).some((field) => field !== 'reason')) return;
  throw UserProblem.nothing_to_change('Name at least one of role, is_active and timezone');
}

function emitChange(tx: AuditedTransaction, { id, role }: User, patch: UserPatch): void {
  const isDisabled = patch.is_active === false;
  if (isDisabled) tx.emit('user.disabled', { userId: id });
  if (isDisabled || (patch.role && patch.role !== role)) tx.emit('user.dismissed', { userId: id });
}

function verbOf(user: User, { role, is_active }: UserPatch): string {
  if (is_active !== undefined && is_active !== user.isActive) return is_active ? 'enabled' : 'disabled';
  return role && role !== user.role ? 'role_changed' : 'updated';
}
