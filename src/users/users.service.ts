import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { PasswordConfirmation } from '../auth/password-confirmation.service.js';
import { because, type Actor } from '../core/actor.js';
import { Config } from '../config/config.js';
import { Change } from '../core/change.js';
import { type TextRow } from '../core/json-view.js';
import { matches } from '../core/scope.js';
import { type Tx } from '../core/tx.js';
import { Database } from '../database/database.js';
import { type Credit } from '../login-gate/login-gate.js';
import { EmailVerification } from '../registration/email-verification.service.js';
import { RegistrationProblem } from '../registration/registration.events.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { User } from './user.entity.js';
import { type OwnPatch, type UserPatch } from './users.dto.js';
import { UserProblem } from './users.events.js';
import { visibleUsers, type UserFacts } from './user.policy.js';
import { openTasksOf, userById, userJson, withheld } from './users.queries.js';

/** The verbs of users. Each answers with JSON text of what was written. */
@Injectable()
export class UsersService {
  constructor(
    private readonly change: Change,
    private readonly sessions: SessionsService,
    private readonly verification: EmailVerification,
    private readonly confirmation: PasswordConfirmation,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * Changes one's own zone or address; a new address is used once it is verified.
   *
   * @returns the user, and the verification token if there is a new address
   * @throws Problem 403 where a developer changes the zone, 400 where the address is taken, 403 or 422 where the change
   * is not confirmed by the password
   */
  async updateOwn(me: Actor, patch: OwnPatch, credit: Credit): Promise<{ json: string; token?: string }> {
    const given = { password: patch.current_password, credit };
    if (given.password !== undefined || (await this.isNewAddress(me, patch.email)))
      await this.confirmation.confirm(me, 'email', given);
    return this.change.by(me, async (tx) => {
      const [user] = (await tx.lock(User, [me.id])) as [User];
      const zone = patch.timezone === user.timeZone ? undefined : patch.timezone;
      if (zone && me.role === 'developer') throw UserProblem.zone_is_managed();
      if (zone) await tx.update(User, [user], { timeZone: zone });
      const email = patch.email?.toLowerCase() === user.email.toLowerCase() ? undefined : patch.email;
      const token = email && (await this.promiseAddress(tx, user, email));
      return { json: await this.written(tx, me.id), ...(token && { token }) };
    });
  }

  /**
   * Changes role, standing or zone of a user, for a reason. A user who is disabled is signed out everywhere at once, and
   * their open tasks are in the answer. Managers change whom they cannot read as well, but learn no more of them by that.
   *
   * @throws Problem 404 where nothing would change of a user whom the actor cannot read, 403 for one's own role or where only a command
   * appoints auditors, 409 for the
   * last active manager, 422 without a reason or where the body names nothing to change, 403 or 422 where the change is not
   * confirmed by the password
   */
  async update(actor: Actor, id: number, patch: UserPatch, credit: Credit, isEmpty: boolean): Promise<string> {
    const { role, is_active, timezone, reason, current_password: password } = patch;
    if (password !== undefined || (await this.isNews(id, patch)))
      await this.confirmation.confirm(actor, 'users', { password, credit });
    return this.change.by(because(actor, reason), async (tx) => {
      const losesManager = (role !== undefined && role !== 'manager') || is_active === false;
      const managers = losesManager ? await this.activeManagers(tx) : [];
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
      if (!changes && !matches<UserFacts>(user, visibleUsers(actor)))
        throw UserProblem.user_not_found(`User ${id} not found`);
      if (isEmpty) throw UserProblem.nothing_to_change('Name at least one of role, is_active and timezone');
      await tx.update(User, [user], values, { verb: verbOf(user, { role, is_active }), needsReason: true });
      if (is_active === false) await this.sessions.endAll(tx, id, 'user_disabled');
      if (is_active === false || (role && role !== user.role)) tx.emit('user.dismissed', { userId: id });
      const json = await this.written(tx, id);
      const isVisible = matches<UserFacts>({ id, role: role ?? user.role }, visibleUsers(actor));
      const shown = isVisible ? json : withheld(json);
      return is_active === false ? `${shown.slice(0, -1)},${await openTasksOf(tx, id)}}` : shown;
    });
  }

  /** Whether a change makes a user who is no active auditor one, where only a command may. */
  private appointsAuditor(user: User, { role = user.role, is_active = user.isActive }: UserPatch): boolean {
    if (this.config.appointsAuditors !== 'command') return false;
    const isAuditor = user.role === 'auditor' && user.isActive;
    return role === 'auditor' && !isAuditor && (user.role !== 'auditor' || is_active);
  }

  /** Locked in the order of ids before any other user, so that the last two cannot demote each other at once. */
  private async activeManagers(tx: Tx): Promise<number[]> {
    const rows = await tx.query<{ id: number }>(
      sql`SELECT id FROM users WHERE role = 'manager' AND is_active ORDER BY id FOR UPDATE`,
    );
    return rows.map(({ id }) => id);
  }

  /** Existing clients may send back what they read, which is no change. */
  private async isNewAddress(me: Actor, email: string | undefined): Promise<boolean> {
    if (email === undefined) return false;
    return !(await this.database.row(sql`SELECT FROM users WHERE id = ${me.id} AND lower(email) = lower(${email})`));
  }

  private async isNews(id: number, { role, is_active, timezone }: UserPatch): Promise<boolean> {
    const user = await this.database.row<{ role: string; is_active: boolean; timezone: string }>(
      sql`SELECT role, is_active, timezone FROM users WHERE id = ${id}`,
    );
    const given = Object.entries({ role, is_active, timezone }).filter(([, value]) => value !== undefined);
    return given.some(([field, value]) => user?.[field as keyof typeof user] !== value);
  }

  private async promiseAddress(tx: Tx, user: User, email: string): Promise<string> {
    const [taken] = await tx.query(sql`SELECT FROM users WHERE lower(email) = lower(${email}) AND NOT pending`);
    if (taken) throw RegistrationProblem.email_taken();
    return this.verification.promise(tx, user, email);
  }

  private async written(tx: Tx, id: number): Promise<string> {
    return userJson((await tx.texts(userById(id)))[0] as TextRow);
  }
}

function verbOf(user: User, { role, is_active }: UserPatch): string {
  if (is_active !== undefined && is_active !== user.isActive) return is_active ? 'enabled' : 'disabled';
  return role && role !== user.role ? 'role_changed' : 'updated';
}
