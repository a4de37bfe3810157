import { type CustomTypesConfig } from 'pg';
import { join, raw, type Sql } from 'sql-template-tag';

/** Has `pg` leave every value the text that PostgreSQL sent. */
export const RAW_TEXT = {
  rowMode: 'array' as const,
  types: { getTypeParser: () => (text: unknown) => text } as CustomTypesConfig,
};

/** A row as PostgreSQL writes it: its values as text, in the order of the columns. */
export type RawRow = readonly (string | null)[];

/** The JSON of a value, from its text. Null needs none: it is `null`. `C` is what else has to be known, such as names. */
export type ColumnSerializer<C = unknown> = (text: string, context: C) => string;

/** Numbers, whose text is their JSON, and JSON itself. */
export const rawJson: ColumnSerializer = (text) => text;
/** Words of a known set and exact decimals: nothing in them needs an escape. */
export const unescapedString: ColumnSerializer = (text) => `"${text}"`;
export const jsonString: ColumnSerializer = (text) => JSON.stringify(text);
export const pgBoolean: ColumnSerializer = (text) => (text === 't' ? 'true' : 'false');
/** An array of numbers. */
export const pgIntArray: ColumnSerializer = (text) => `[${text.slice(1, -1)}]`;
/** An instant as the API writes it: ISO 8601, UTC, milliseconds. */
export const pgTimestamp: ColumnSerializer = (text) => `"${isoOf(text)}"`;

/**
 * The shape of an answer: its fields, each with the SQL that reads it and what writes its JSON. The database hands over
 * plain columns and the process joins them: that costs both together half of what JSON made in SQL does
 * (docs/decisions/0016).
 */
export class RowSerializer<C = void> {
  /** What to select, in this order and first. */
  readonly columns: Sql;
  /** How many columns these are. */
  readonly width: number;
  private readonly fields: readonly { readonly before: string; readonly write: ColumnSerializer<C> }[];

  constructor(fields: Readonly<Record<string, readonly [Sql, ColumnSerializer<C>]>>) {
    const entries = Object.entries(fields);
    // One text: to put eighteen together anew for each request takes longer than to send it.
    this.columns = flat(join(entries.map(([, [column]]) => column)));
    this.width = entries.length;
    this.fields = entries.map(([name, [, write]], i) => ({
      before: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`,
      write,
    }));
  }

  /** Which column of a row holds a field. */
  columnIndex(field: string): number {
    return this.fields.findIndex(({ before }) => before.endsWith(`${JSON.stringify(field)}:`));
  }

  /** The JSON of a row that begins with the columns of this view. */
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

/** `2026-11-02 08:00:00.12+00`, as PostgreSQL writes an instant in UTC; in any other zone it is read the long way. */
function isoOf(text: string): string {
  if (!text.endsWith('+00')) return new Date(text).toISOString();
  const blank = text.indexOf(' ');
  const fraction = text.slice(blank + 10, -3);
  return `${text.slice(0, blank)}T${text.slice(blank + 1, blank + 9)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

/** A statement without values as a single piece of text. */
const flat = (statement: Sql): Sql => (statement.values.length === 0 ? raw(statement.sql) : statement);
