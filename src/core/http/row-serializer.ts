import { type CustomTypesConfig } from 'pg';
import { join, raw, type Sql } from 'sql-template-tag';

/** Makes `pg` return every value as the text that PostgreSQL sent. */
export const RAW_TEXT = {
  rowMode: 'array' as const,
  types: { getTypeParser: () => (text: unknown) => text } as CustomTypesConfig,
};

/** Row as PostgreSQL writes it: its values as text, in the order of the columns. */
export type RawRow = readonly (string | null)[];

/** Serializes a value from its text to JSON; null is `null` already. `C` is further context, such as names. */
export type ColumnSerializer<C = unknown> = (text: string, context: C) => string;

/** Serializes numbers, whose text is their JSON, and JSON itself. */
export const rawJson: ColumnSerializer = (text) => text;
/** Serializes words of a known set and exact decimals, in which nothing needs an escape. */
export const unescapedString: ColumnSerializer = (text) => `"${text}"`;
export const jsonString: ColumnSerializer = (text) => JSON.stringify(text);
export const pgBoolean: ColumnSerializer = (text) => (text === 't' ? 'true' : 'false');
/** Serializes an array of numbers. */
export const pgIntArray: ColumnSerializer = (text) => `[${text.slice(1, -1)}]`;
/** Serializes an instant as ISO 8601 in UTC, to the millisecond. */
export const pgTimestamp: ColumnSerializer = (text) => `"${isoOf(text)}"`;

/**
 * Serializes rows to JSON: each field with the SQL that reads it and the function that writes its JSON. The database
 * returns plain columns and the process joins them, which costs both together half of what building JSON in SQL does
 * (docs/decisions/0016).
 *
 * `V` is the DTO of the response: a field that is missing here, or that the DTO does not have, does not compile. `C` is
 * the context that its functions get.
 */
export class RowSerializer<V extends object, C = void> {
  /** Carries the shape for the compiler only. */
  declare readonly shape: V;

  /** Select list; these columns come first, in this order. */
  readonly columns: Sql;
  /** Number of these columns. */
  readonly width: number;
  private readonly fields: readonly { readonly before: string; readonly write: ColumnSerializer<C> }[];

  constructor(fields: { readonly [K in keyof V]: readonly [Sql, ColumnSerializer<C>] }) {
    const entries = Object.entries<readonly [Sql, ColumnSerializer<C>]>(fields);
    // One text: joining eighteen columns for each request takes longer than sending it.
    this.columns = flatten(join(entries.map(([, [column]]) => column)));
    this.width = entries.length;
    this.fields = entries.map(([name, [, write]], i) => ({
      before: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`,
      write,
    }));
  }

  /** Returns the index of a field's column. */
  columnIndex(field: keyof V & string): number {
    return this.fields.findIndex(({ before }) => before.endsWith(`${JSON.stringify(field)}:`));
  }

  /** Serializes a row that begins with these columns. */
  serialize(row: RawRow, context: C): string {
    let json = '';
    for (let i = 0; i < this.width; i++) {
      const { before, write } = this.fields[i] as (typeof this.fields)[number];
      const text = row[i] as string | null;
      json += before + (text === null ? 'null' : write(text, context));
    }
    return `${json}}`;
  }
}

/** Converts an instant in PostgreSQL's format for UTC, `2026-11-02 08:00:00.12+00`; other zones take the slow path. */
function isoOf(text: string): string {
  if (!text.endsWith('+00')) return new Date(text).toISOString();
  const blank = text.indexOf(' ');
  const fraction = text.slice(blank + 10, -3);
  return `${text.slice(0, blank)}T${text.slice(blank + 1, blank + 9)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

/** Flattens a statement without values into a single text. */
const flatten = (statement: Sql): Sql => (statement.values.length === 0 ? raw(statement.sql) : statement);
