import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import { type Actor, ROLES } from './actor.js';
import { CoreProblem, type Problem } from '../http/problem.js';
import { ALL, matches, policy, type Policy, type Scope } from './policy.js';
import { type WorkingCalendar } from './working-calendar.js';

export const ROUTE_POLICY = 'ctms:access';
export type RoutePolicy = 'public' | Policy<object>;

/** The policy of routes that need no more than being signed in; what they touch is the caller's own. */
export const anyAuthenticatedUser = policy<object>('use this', () => ALL);

/** The same for one's own account and how one signs in, which also those may use who have still to set up a second factor. */
export const ownAccount = policy<object>('use your own account', () => ALL);

/** Declares who may call a route: whoever the policy allows anything at all. Refused before the handler runs. */
export function Can<T>(rule: Policy<T>): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(ROUTE_POLICY, rule),
    ApiBearerAuth('access-token'),
    ApiExtension('x-who', whoMay(rule)),
    ApiExtension('x-policy', rule.title),
  );
}

/** Declares that anyone may call a route; a stale or broken token is ignored there. */
export function Public(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_POLICY, 'public'), ApiExtension('x-who', 'anyone'));
}

/** In words, for the API documents: asked of the policy itself, so that the words cannot drift from the rule. */
function whoMay<T>(rule: Policy<T>): string {
  const words = ROLES.flatMap((role) => {
    const atWork = rule({ id: 0, role, atWork: true });
    const offWork = rule({ id: 0, role, atWork: false });
    if (atWork.length === 0) return [];
    return [`${role}${offWork.length === 0 ? ' (within working hours)' : ''}`];
  });
  return words.length === ROLES.length && !words.some((word) => word.includes('('))
    ? 'any signed-in user'
    : words.join(', ');
}

/**
 * Why a policy refuses, by asking it again with other facts: at another time, it would be allowed; or never.
 *
 * @param row the row in question; left out where a route is refused as a whole
 */
export function explainDenial<T extends object>(
  rule: Policy<T>,
  actor: Actor,
  calendar: WorkingCalendar,
  now: Date,
  row?: T,
): Problem {
  const allows = (scope: Scope<T>) => (row ? matches(row, scope) : scope.length > 0);
  if (!actor.atWork && allows(rule({ ...actor, atWork: true }))) return outsideWorkingHours(rule, actor, calendar, now);
  const everAllowed = rule({ ...actor, atWork: true }).length > 0;
  return everAllowed
    ? CoreProblem.not_yours(`This is not yours: your role (${actor.role}) may ${rule.title} of your own only`)
    : CoreProblem.role_not_allowed(`Your role (${actor.role}) may not ${rule.title}`);
}

function outsideWorkingHours<T>(rule: Policy<T>, actor: Actor, calendar: WorkingCalendar, now: Date): Problem {
  const from = calendar.opensAt(actor.timeZone, now);
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: actor.timeZone, dateStyle: 'medium', timeStyle: 'short' });
  return CoreProblem.outside_working_hours(
    `You may ${rule.title} within your working hours only: next from ${local.format(from)} (${actor.timeZone})`,
    { allowed_from: from.toISOString() },
  );
}
