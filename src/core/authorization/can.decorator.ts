import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import { type Actor, type Role, ROLES } from './actor.js';
import { CoreProblem, type Problem } from '../http/problem.js';
import { ALL, matches, policy, type Policy, type PolicySubject, type Scope } from './policy.js';
import { ANYONE, HELD_TO_WORKING_HOURS, WHO_EXTENSION } from './access-documentation.js';
import { type WorkingCalendar } from './working-calendar.js';

export const ROUTE_POLICY = 'ctms:access';
export type RoutePolicy = 'public' | Policy<object>;

/** Policy of routes that need no more than a signed-in user; they touch the caller's own records only. */
export const anyAuthenticatedUser = policy<object>('use this', () => ALL);

/**
 * Policy of the routes for one's own account and credentials, which stay open to users who must still set up a second
 * factor.
 */
export const ownAccount = policy<object>('use your own account', () => ALL);

/**
 * Declares who may call a route: every role to which the policy allows anything at all. Others are denied before the
 * handler runs.
 */
export function Can<T>(rule: Policy<T>): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(ROUTE_POLICY, rule),
    ApiBearerAuth('access-token'),
    ApiExtension(WHO_EXTENSION, describeAllowedRoles(rule)),
    ApiExtension(
      HELD_TO_WORKING_HOURS,
      ROLES.some((role) => isHeldToWorkingHours(rule, role)),
    ),
    ApiExtension('x-policy', rule.title),
  );
}

/** Declares that anyone may call a route; a stale or broken token is ignored there. */
export function Public(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_POLICY, 'public'), ApiExtension(WHO_EXTENSION, ANYONE));
}

/** Describes a policy for the API documents; evaluates the policy itself, so that text and rule cannot drift apart. */
function describeAllowedRoles<T>(rule: Policy<T>): string {
  const allowed = ROLES.filter((role) => isAllowed(rule, role, true));
  const held = allowed.filter((role) => isHeldToWorkingHours(rule, role));
  if (allowed.length === ROLES.length && held.length === 0) return 'any signed-in user';
  return allowed.map((role) => (held.includes(role) ? `${role} (within working hours)` : role)).join(', ');
}

/** True where the policy allows a role anything at all. */
const isAllowed = <T>(rule: Policy<T>, role: Role, atWork: boolean): boolean =>
  rule({ id: 0, role, atWork }).length > 0;

const isHeldToWorkingHours = <T>(rule: Policy<T>, role: Role): boolean =>
  isAllowed(rule, role, true) && !isAllowed(rule, role, false);

/**
 * Explains a denial by evaluating the policy again with other attributes: allowed at another time, allowed on the
 * actor's own rows, or never.
 *
 * @param row the row in question; undefined where the route is denied as a whole
 */
export function explainDenial<T extends object>(
  rule: Policy<T>,
  actor: PolicySubject & Pick<Actor, 'timeZone'>,
  calendar: WorkingCalendar,
  now: Date,
  row?: T,
): Problem {
  const allows = (scope: Scope<T>) => (row ? matches(row, scope) : scope.length > 0);
  if (!actor.atWork && allows(rule({ ...actor, atWork: true })))
    return denyOutsideWorkingHours(rule, actor, calendar, now);
  const unnarrowed = { ...actor, narrowings: [] };
  if (actor.narrowings?.length && allows(rule(unnarrowed))) return denyNarrowed(rule, actor);
  const everAllowed = rule({ ...actor, atWork: true }).length > 0;
  return everAllowed
    ? CoreProblem.not_yours(`This is not yours: your role (${actor.role}) may ${rule.title} of your own only`)
    : CoreProblem.role_not_allowed(`Your role (${actor.role}) may not ${rule.title}`);
}

/** Names what an extension keeps from the actor, without which the policy would allow it. */
function denyNarrowed<T>(rule: Policy<T>, { narrowings = [] }: PolicySubject): Problem {
  const names = narrowings.filter((narrowing) => narrowing.of(rule).length > 0).map(({ name }) => `"${name}"`);
  return CoreProblem.not_yours(`You may ${rule.title} only where ${names.join(' and ')} leaves them to you`);
}

function denyOutsideWorkingHours<T>(
  rule: Policy<T>,
  actor: Pick<Actor, 'timeZone'>,
  calendar: WorkingCalendar,
  now: Date,
): Problem {
  const from = calendar.opensAt(actor.timeZone, now);
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: actor.timeZone, dateStyle: 'medium', timeStyle: 'short' });
  return CoreProblem.outside_working_hours(
    `You may ${rule.title} within your working hours only: next from ${local.format(from)} (${actor.timeZone})`,
    { allowed_from: from.toISOString() },
  );
}
