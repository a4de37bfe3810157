import { ROLES, type Actor, type Role } from './actor.js';
import { explainDenial } from './can.decorator.js';
import { type Problem } from '../http/problem.js';
import { localTime } from './local-time.js';
import { matches, type Policy } from './policy.js';
import { type WorkingCalendar } from './working-calendar.js';

/** The user that a decision is about. */
export type DecisionSubject = Pick<Actor, 'id' | 'role' | 'timeZone'> & Partial<Pick<Actor, 'criticalException'>>;

/** Outcome of a policy for one subject at one time, with the attributes that it depended on. */
export interface Decision {
  readonly allowed: boolean;
  /** Verb and object of the policy, as in "edit tasks". */
  readonly rule: string;
  /** Problem code of the denial; null where it is allowed. */
  readonly code: string | null;
  readonly detail: string | null;
  /** First instant from which working hours would allow it; null where it is allowed, or time is not the reason. */
  readonly allowedFrom: string | null;
  /** Roles that the policy allows this at some time, on a record of the subject's relation to it. */
  readonly allowedRoles: readonly Role[];
  readonly atWork: boolean;
  /** Wall clock of the subject at that time, `YYYY-MM-DDTHH:mm`. */
  readonly localTime: string;
}

/**
 * Decides by the policy that guards and queries use, so that explanation and rule cannot drift apart.
 *
 * @param row the record in question; undefined where the policy is asked for as a whole
 * @param refine says more of a denial than the policy alone can
 */
export function decide<T extends object>(
  rule: Policy<T>,
  subject: DecisionSubject,
  calendar: WorkingCalendar,
  at: Date,
  row?: T,
  refine = (problem: Problem): Problem => problem,
): Decision {
  const atWork = calendar.isOpen(subject.timeZone, at);
  const allows = (role: Role, working: boolean) => {
    const scope = rule({ ...subject, role, atWork: working });
    return row ? matches(row, scope) : scope.length > 0;
  };
  const allowed = allows(subject.role, atWork);
  const denial = allowed ? undefined : refine(explainDenial(rule, { ...subject, atWork }, calendar, at, row));
  return {
    allowed,
    rule: rule.title,
    code: denial?.code ?? null,
    detail: denial?.detail ?? null,
    allowedFrom: (denial?.extras.allowed_from as string | undefined) ?? null,
    allowedRoles: ROLES.filter((role) => allows(role, true) || allows(role, false)),
    atWork,
    localTime: wallClock(subject.timeZone, at),
  };
}

function wallClock(zone: string, at: Date): string {
  const { year, month, day, hour, minute } = localTime(zone, at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}
