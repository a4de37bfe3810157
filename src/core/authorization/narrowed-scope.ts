import { NarrowedRecords, type HiddenType, type Restriction } from './restriction.sql.js';

/** Part of a policy in the narrowings of extensions (`narrowing`). */
export interface Narrowable {
  /** Field with the id of the record. */
  readonly id: string;
  /** Policy whose narrowings hold for this one too. With another field for the id, rows without an id are left alone. */
  readonly within?: NarrowablePolicy;
  /** Type under which the audit trail has the records that this policy shows. */
  readonly shows?: string;
  /** Field with the type of the record, of rows that refer to records of every type: all narrowings hold for them. */
  readonly type?: string;
  /** True where the records are users: no narrowing hides a user's own. */
  readonly areSubjects?: true;
}

/** A policy as narrowings see it. */
export interface NarrowablePolicy {
  readonly title: string;
  /** Undefined for a policy that no extension can narrow. */
  readonly narrowable: Narrowable | undefined;
}

/** Restriction of one narrowing on one user in one request. */
export interface UserNarrowing {
  readonly name: string;
  /** The records that are left to the user; undefined where that is all. @throws Problem 503 where it cannot be said */
  readonly restriction: Restriction | undefined;
  /** Returns the restriction of a policy: none or one. */
  of(policy: NarrowablePolicy): Restriction[];
  /** Returns the types of records that it hides. */
  hidden(): HiddenType[];
}

/**
 * ANDs everything that narrows a subject to the scope of a policy. It becomes a member of each condition, beside its
 * equalities: code that takes scopes apart finds a condition that it does not know, never a wider one.
 *
 * @returns the scope itself where nothing narrows it
 */
export function narrowScope<C extends object>(
  scope: readonly C[],
  policy: NarrowablePolicy,
  { narrowings = [] }: { readonly narrowings?: readonly UserNarrowing[] },
): readonly C[] {
  if (narrowings.length === 0 || !policy.narrowable) return scope;
  const { id, within, type } = policy.narrowable;
  const members = narrowings.flatMap((narrowing) =>
    type === undefined
      ? narrowing.of(policy).map((restriction) => ofRecord(id, within, restriction))
      : narrowing.hidden().map((hidden) => ofType(id, type, hidden)),
  );
  return members.length === 0 ? scope : scope.map((condition) => withMembers(condition, members));
}

/** Policies whose narrowings hold for a policy: itself, and those within which it judges. */
export function narrowingPolicies(policy: NarrowablePolicy): NarrowablePolicy[] {
  const within = policy.narrowable?.within;
  return within ? [policy, ...narrowingPolicies(within)] : [policy];
}

/** True for policies of users. */
export const concernsSubjects = (policy: NarrowablePolicy): boolean =>
  narrowingPolicies(policy).some(({ narrowable }) => narrowable?.areSubjects);

function ofRecord(id: string, within: NarrowablePolicy | undefined, restriction: Restriction): NarrowedRecords {
  const isReference = within !== undefined && within.narrowable?.id !== id;
  return new NarrowedRecords(restriction, { id, isReference });
}

function ofType(id: string, field: string, { restriction, type }: HiddenType): NarrowedRecords {
  return new NarrowedRecords(restriction, { id, isReference: true, type: { field, value: type } });
}

function withMembers<C extends object>(condition: C, members: readonly NarrowedRecords[]): C {
  return { ...condition, ...Object.fromEntries(members.map((member) => [member.name, member])) };
}
