import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { type QueryFn } from '../persistence/prepared-statements.js';

/** Value of an attribute: what SQL and JSON compare alike. */
export type AttributeValue = string | number | boolean | null;

/** Table or view, in the schema `public`, that has the attributes of records. */
export interface AttributeTable<A> {
  readonly table: string;
  /** Column with the id of the record. Index it: every read of a record looks its attributes up. */
  readonly key: string;
  /** Column of each attribute. */
  readonly columns: { readonly [K in keyof A]: string };
}

/** Attributes of a record, or equalities of them. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Restriction that hides records of a type. */
export interface HiddenType {
  readonly type: string;
  readonly restriction: Restriction;
}

/** A subject whom extensions may narrow. */
interface NarrowedSubject {
  readonly narrowings?: readonly {
    readonly restriction: Restriction | undefined;
    hidden(): HiddenType[];
  }[];
}

/** Restrictions that a record was judged by, and whether it is within each. */
const VERDICTS = Symbol('verdicts');
type Judged = { readonly [VERDICTS]?: ReadonlyMap<Restriction, boolean> | 'new' };

/** Alias that no statement of the product has. */
const ROW = 'narrowed';

/**
 * The records that a narrowing leaves to one user in one request. PostgreSQL alone compares attributes: a row that was
 * read is judged by its verdict, so that rows and SQL cannot disagree.
 */
export class Restriction {
  /** True for a record without a row in the table. */
  private readonly leavesUnlisted: boolean;

  /** @param own id of the one record that is left with any attributes */
  constructor(
    readonly narrowing: string,
    private readonly attributes: AttributeTable<Attributes>,
    private readonly scope: readonly Attributes[],
    private readonly own?: number,
  ) {
    this.leavesUnlisted = scope.some((condition) => Object.values(condition).every((value) => value === null));
  }

  /**
   * Renders the condition on the record with an id. Its text depends on the kinds of conditions, not on their number, so
   * that few texts are prepared; as plain (anti-)joins, so that the planner may choose how to join.
   */
  sql(id: string): Sql {
    const kept = this.within(id);
    return this.own === undefined ? kept : sql`(${raw(id)} = ${this.own} OR ${kept})`;
  }

  /** @throws where the row was not judged: a record must not pass because its attributes were not read */
  covers(row: object): boolean {
    const verdicts = (row as Judged)[VERDICTS];
    const verdict = verdicts === 'new' ? this.leavesUnlisted : verdicts?.get(this);
    if (verdict === undefined) throw new Error(`A record was not judged by the narrowing "${this.narrowing}"`);
    return verdict;
  }

  private within(id: string): Sql {
    if (this.scope.length === 0) return sql`FALSE`;
    const { table, key } = this.attributes;
    const rows = raw(`SELECT FROM public."${table}" ${ROW} WHERE ${ROW}."${key}" = ${id}`);
    const none = sql`NOT EXISTS (${rows} AND (${this.matching()}) IS NOT TRUE)`;
    return this.leavesUnlisted ? none : sql`(EXISTS (${rows} AND (${this.matching()})) AND ${none})`;
  }

  private matching(): Sql {
    const single = Object.keys(this.attributes.columns).flatMap((name) => this.valuesOf(name));
    const several = this.scope.filter((condition) => Object.keys(condition).length > 1);
    return join([...single, ...(several.length > 0 ? [this.anyOf(several)] : [])], ' OR ');
  }

  /** Renders the conditions on one attribute alone, which an index can serve. */
  private valuesOf(name: string): Sql[] {
    const values = this.scope
      .filter((condition) => Object.keys(condition).length === 1 && name in condition)
      .map((condition) => condition[name]);
    const column = this.column(name);
    const given = values.filter((value) => value !== null);
    return [
      ...(values.includes(null) ? [sql`${column} IS NULL`] : []),
      ...(given.length > 0 ? [sql`${column} = ANY(${given})`] : []),
    ];
  }

  private anyOf(conditions: readonly Attributes[]): Sql {
    const members = Object.keys(this.attributes.columns).map((name) => sql`${name}::text, ${this.column(name)}`);
    const wanted = conditions.map((condition) => JSON.stringify(condition));
    return sql`jsonb_build_object(${join(members)}) @> ANY(${wanted}::jsonb[])`;
  }

  private column(name: string): Sql {
    return raw(`${ROW}."${this.attributes.columns[name] as string}"`);
  }
}

/** Fields of the rows that refer to the records of a restriction. */
interface RecordFields {
  readonly id: string;
  /** True where rows without an id refer to no record. */
  readonly isReference: boolean;
  /** Field and value of the type of record, where rows refer to records of several types. */
  readonly type?: { readonly field: string; readonly value: string };
}

/** Member of a condition that is no equality, so that no other code can drop it. */
export abstract class RowCondition {
  /** Name of the member, which no field has. */
  abstract readonly name: string;
  /** @param columns the SQL expression of each field */
  abstract sql(columns: Readonly<Record<string, string | undefined>>): Sql;
  abstract covers(row: object): boolean;
}

/** Member of a condition: the rows whose record a restriction leaves. */
export class NarrowedRecords extends RowCondition {
  constructor(
    readonly restriction: Restriction,
    private readonly fields: RecordFields,
  ) {
    super();
  }

  get name(): string {
    return `narrowed by ${this.restriction.narrowing} ${this.fields.type?.value ?? ''}`;
  }

  sql(columns: Readonly<Record<string, string | undefined>>): Sql {
    const { id, isReference, type } = this.fields;
    const kept = this.restriction.sql(columnOf(columns, id));
    if (!isReference) return kept;
    const others = type ? sql`${raw(columnOf(columns, type.field))} <> ${type.value} OR ` : empty;
    return sql`(${others}${raw(columnOf(columns, id))} IS NULL OR ${kept})`;
  }

  /** @throws where the row was not judged */
  covers(row: object): boolean {
    return this.restriction.covers(row);
  }
}

function columnOf(columns: Readonly<Record<string, string | undefined>>, field: string): string {
  const column = columns[field];
  if (!column) throw new Error(`No column is known for "${field}" of this scope`);
  return column;
}

/** Renders the conditions under which records of a type, such as `task`, are shown; none where nothing narrows them. */
export function shownRecords({ narrowings = [] }: NarrowedSubject, type: string, id: string): Sql[] {
  const hidden = narrowings.flatMap((narrowing) => narrowing.hidden());
  return hidden.filter((one) => one.type === type).map(({ restriction }) => restriction.sql(id));
}

/**
 * Renders the conditions under which the records that rows refer to are shown, of any type; none where nothing
 * narrows the subject.
 *
 * @param columns of the type and the id of the record
 */
export function shownReferences(
  { narrowings = [] }: NarrowedSubject,
  columns: { readonly type: string; readonly id: string },
): Sql[] {
  return narrowings
    .flatMap((narrowing) => narrowing.hidden())
    .map(({ restriction, type }) =>
      new NarrowedRecords(restriction, {
        id: 'id',
        isReference: true,
        type: { field: 'type', value: type },
      }).sql(columns),
    );
}

/** Selects the columns of a table of attributes and no row: fails where one is missing. */
export function attributesExistSql({ table, key, columns }: AttributeTable<Attributes>): Sql {
  const names = [key, ...Object.values(columns)].map((name) => `"${name}"`).join(', ');
  return raw(`SELECT ${names} FROM public."${table}" LIMIT 0`);
}

/**
 * Judges rows by everything that narrows an actor, in one statement, so that `matches` can be asked of them. Policies
 * throw on rows that this did not see.
 *
 * @returns the rows; the same ones where nothing narrows
 */
export async function judged<R extends { readonly id: number }>(
  query: QueryFn,
  subject: NarrowedSubject,
  rows: readonly R[],
): Promise<R[]> {
  const verdicts = verdictsSql(subject, 'record.id');
  if (!verdicts || rows.length === 0) return [...rows];
  const ids = rows.map(({ id }) => id);
  const found = await query<{ id: number; verdicts: readonly boolean[] }>(
    sql`SELECT record.id, ${verdicts} AS verdicts FROM unnest(${ids}::int[]) record(id)`,
  );
  const byId = new Map(found.map((row) => [row.id, row.verdicts]));
  return rows.map((row) => withVerdicts(subject, row, byId.get(row.id) ?? []));
}

/** Selects the verdicts on the record with an id, as JSON for `withVerdicts`; undefined where nothing narrows. */
export function verdictsSql(subject: NarrowedSubject, id: string): Sql | undefined {
  const restrictions = restrictionsOf(subject);
  return restrictions.length > 0
    ? sql`json_build_array(${join(restrictions.map((restriction) => restriction.sql(id)))})`
    : undefined;
}

/** Adds verdicts that were read with a row. */
export function withVerdicts<R extends object>(subject: NarrowedSubject, row: R, verdicts: readonly boolean[]): R {
  const judgements = restrictionsOf(subject).map((restriction, i) => [restriction, verdicts[i] === true] as const);
  return { ...row, [VERDICTS]: new Map(judgements) };
}

const restrictionsOf = ({ narrowings = [] }: NarrowedSubject): Restriction[] =>
  narrowings.flatMap(({ restriction }) => restriction ?? []);

/** Marks the attributes of a record that is not there yet, which has no row in any table of attributes. */
export const asNewRecord = <R extends object>(row: R): R => ({ ...row, [VERDICTS]: 'new' });
