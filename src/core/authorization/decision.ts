import { ROLES, type Actor, type Role } from './actor.js';
import { explainDenial } from './can.decorator.js';
import { type Problem } from '../http/problem.js';
import { localTime } from './local-time.js';
import { matches, type Policy, type PolicySubject } from './policy.js';
import { type WorkingCalendar, type WorkingWindow } from './working-calendar.js';

/** The user that a decision is about; `atWork` is asked of the calendar where it is left out. */
export type DecisionSubject = Pick<Actor, 'id' | 'role' | 'timeZone'> &
  Partial<Pick<Actor, 'criticalException' | 'atWork' | 'narrowings'>>;

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
  readonly facts: DecisionFacts;
}

/** Attributes of user and time that a decision depended on. */
export interface DecisionFacts {
  readonly user: number;
  readonly role: Role;
  readonly time_zone: string;
  readonly at: string;
  /** Wall clock of the user at that time, `YYYY-MM-DDTHH:mm`. */
  readonly local_time: string;
  readonly at_work: boolean;
  readonly working_hours: WorkingWindow;
}

/** A decision as the API shows it. `F` are the facts of the record, such as `task`. */
export interface DecisionJson<F extends object = object> {
  readonly allowed: boolean;
  readonly rule: string;
  readonly code: string | null;
  readonly detail: string | null;
  readonly allowed_from: string | null;
  readonly allowed_roles: Role[];
  readonly facts: DecisionFacts & F;
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
  const atWork = subject.atWork ?? calendar.isOpen(subject.timeZone, at);
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
    facts: {
      user: subject.id,
      role: subject.role,
      time_zone: subject.timeZone,
      at: at.toISOString(),
      local_time: wallClock(subject.timeZone, at),
      at_work: atWork,
      working_hours: calendar.window(),
    },
  };
}

/** @param recordFacts what the decision looked at of the record, as far as its reader may see that */
export function decisionJson<F extends object>(decision: Decision, recordFacts: F): DecisionJson<F> {
  const { allowed, rule, code, detail, allowedFrom, allowedRoles, facts } = decision;
  return {
    allowed,
    rule,
    code,
    detail,
    allowed_from: allowedFrom,
    allowed_roles: [...allowedRoles],
    facts: { ...facts, ...recordFacts },
  };
}

/** Explanation of a denial beyond its policy. */
export interface DenialOptions {
  /** Says more than the policy alone can. */
  readonly refine?: (problem: Problem) => Problem;
  /** Facts of the record that the actor may see. */
  readonly recordFacts?: object;
}

/**
 * Makes the 403 of a policy that denies something, with the decision as its member `decision`.
 *
 * @param row the record in question; undefined where a route is denied as a whole
 */
export function denial<T extends object>(
  rule: Policy<T>,
  actor: PolicySubject & Pick<Actor, 'timeZone'>,
  calendar: WorkingCalendar,
  at: Date,
  row?: T,
  { refine = (problem) => problem, recordFacts = {} }: DenialOptions = {},
): Problem {
  const problem = refine(explainDenial(rule, actor, calendar, at, row));
  const decision = decide(rule, actor, calendar, at, row, () => problem);
  return problem.with({ decision: decisionJson(decision, recordFacts) });
}

function wallClock(zone: string, at: Date): string {
  const { year, month, day, hour, minute } = localTime(zone, at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}
