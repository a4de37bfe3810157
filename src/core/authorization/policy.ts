import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from './actor.js';
import { narrowScope, type Narrowable, type NarrowablePolicy } from './narrowed-scope.js';
import { RowCondition } from './restriction.sql.js';

/** Equalities on fields of a row, all of which must hold. */
export type Condition<T> = { readonly [K in keyof T]?: T[K] };

/** Set of rows: an OR of ANDs of equalities. `NONE` is the empty OR, `ALL` the empty AND. */
export type Scope<T> = readonly Condition<T>[];

export const ALL: readonly Record<never, never>[] = Object.freeze([Object.freeze({})]);
export const NONE: readonly never[] = Object.freeze([]);

/** Attributes of an actor that a policy may use. */
export type PolicySubject = Pick<Actor, 'id' | 'role' | 'atWork' | 'now' | 'criticalException' | 'narrowings'>;

/** Permission as a value: maps the attributes of an actor to the scope of rows that it covers. */
export interface Policy<T> extends NarrowablePolicy {
  (subject: PolicySubject): Scope<T>;
  /** Verb and object, as in "may not {edit tasks}". */
  readonly title: string;
}

/**
 * Declares a permission. Two functions evaluate it and agree: `matches` on a row, `inScope` in SQL. The narrowings of the
 * subject are part of every scope, so that no reader can leave it out.
 *
 * @param title verb and object, used in denials and in the API documents
 * @param narrowable lets extensions narrow it
 */
export function policy<T>(
  title: string,
  rule: (subject: PolicySubject) => Scope<T>,
  narrowable?: Narrowable & { readonly id: keyof T },
): Policy<T> {
  const scopeOf = (subject: PolicySubject): Scope<T> => narrowScope(rule(subject), declared, subject);
  const declared: Policy<T> = Object.freeze(Object.assign(scopeOf, { title, narrowable }));
  return declared;
}

/** True for a row within a scope. */
export function matches<T extends object>(row: NoInfer<T>, scope: Scope<T>): boolean {
  return scope.some((condition) =>
    entries(condition).every(([field, value]) =>
      value instanceof RowCondition ? value.covers(row) : (row as Record<string, unknown>)[field] === value,
    ),
  );
}

/**
 * Renders a scope as an SQL condition; fails closed: an empty scope is `FALSE`.
 *
 * @param columns the SQL expression of each field that the policy names
 */
export function inScope<T>(scope: Scope<T>, columns: { readonly [K in keyof T]?: string }): Sql {
  if (scope.length === 0) return sql`FALSE`;
  return sql`(${join(
    scope.map((condition) => conditionSql(condition, columns)),
    ' OR ',
  )})`;
}

function conditionSql<T>(condition: Condition<T>, columns: { readonly [K in keyof T]?: string }): Sql {
  const pairs = entries(condition);
  if (pairs.length === 0) return sql`TRUE`;
  return sql`(${join(
    pairs.map(([field, value]) =>
      value instanceof RowCondition ? value.sql(columns) : equality(columns[field as keyof T], field, value),
    ),
    ' AND ',
  )})`;
}

function equality(column: string | undefined, field: string, value: unknown): Sql {
  if (!column) throw new Error(`No column is known for "${field}" of this scope`);
  return value === null ? sql`${raw(column)} IS NULL` : sql`${raw(column)} = ${value}`;
}

function entries<T>(condition: Condition<T>): [string, unknown][] {
  const pairs = Object.entries(condition);
  const missing = pairs.find(([, value]) => value === undefined);
  // An undefined value would drop the equality and widen the scope.
  if (missing) throw new Error(`The condition on "${missing[0]}" has no value`);
  return pairs;
}
