import { type Statement } from '../persistence/prepared-statements.js';
import { type Role } from './actor.js';
import { concernsSubjects } from './narrowed-scope.js';
import { type Policy, type Scope } from './policy.js';
import { type Attributes, type AttributeTable, type AttributeValue } from './restriction.sql.js';

/** The user whom a narrowing concerns, and the time of the request. */
export interface NarrowedUser {
  readonly id: number;
  readonly role: Role;
  readonly now: Date;
}

/** Declaration of a narrowing by an extension. `F`: a row of facts about a user; `A`: the attributes of a record. */
export interface NarrowingDefinition<F, A> {
  /** Name of its own, which `GET /api/policy` and denials show. */
  readonly name: string;
  /**
   * Policies of the product to narrow. Those that judge within one of them are narrowed with it: a user who does not see a
   * task can neither change it nor read its past, its notifications or its audit entries. They concern either users or other
   * records, whose ids are the keys of `attributes`; of policies of users, the own record is never hidden.
   */
  readonly policies: readonly Policy<object>[];
  /** Selects the facts about a user. Its rows are kept until the session ends or `Narrowings.invalidate` is called. */
  facts(userId: number): Statement;
  readonly attributes: AttributeTable<A>;
  /**
   * Returns which records are left to a user: an OR of ANDs of equalities on attributes, `ALL` to leave the user alone, or
   * `NONE`. A record without a row in the table has null in every attribute; one with several rows is left only where each
   * of them is.
   *
   * @param facts the rows of `facts`; empty where there is none
   */
  scope(user: NarrowedUser, facts: readonly F[]): Scope<A>;
}

declare const VALIDATED: unique symbol;

/** A valid definition, without its types. */
export interface Narrowing extends Omit<NarrowingDefinition<object, Attributes>, 'scope'> {
  scope(user: NarrowedUser, facts: readonly object[]): readonly Attributes[];
  readonly [VALIDATED]: true;
}

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Defines a narrowing of policies of the product, which the module file of an extension exports in `narrowings`. Its
 * scope is ANDed to that of each policy, so it can never widen one.
 *
 * @throws an error where a policy cannot be narrowed, or a table or column has no plain name
 */
export function narrowing<F extends object, A extends { readonly [K in keyof A]: AttributeValue }>(
  definition: NarrowingDefinition<F, A>,
): Narrowing {
  const { name, policies, attributes } = definition;
  const { table, key, columns } = attributes;
  const unsafe = [table, key, ...Object.values<string>(columns)].find((identifier) => !IDENTIFIER.test(identifier));
  if (unsafe !== undefined) throw new Error(`The narrowing "${name}" names "${unsafe}", which is no plain identifier`);
  const fixed = policies.find(({ narrowable }) => !narrowable || narrowable.type);
  if (fixed) throw new Error(`The narrowing "${name}" names the policy "${fixed.title}", which cannot be narrowed`);
  if (new Set(policies.map(concernsSubjects)).size > 1)
    throw new Error(`The narrowing "${name}" names policies of users and of other records; make one of each`);
  // The product hands facts and attributes through without looking at them, so it need not know their types.
  return Object.freeze({ ...definition }) as unknown as Narrowing;
}
