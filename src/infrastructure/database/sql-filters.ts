import sql, { join, raw, type Sql } from 'sql-template-tag';

/** Renders a filter for any of several values; no condition where undefined. Spread it into a list of conditions. */
export function inFilter(column: string, values: readonly unknown[] | undefined, type: 'int' | 'text'): Sql[] {
  if (!values) return [];
  // With equality, an index with this first column returns its rows in the order of the next column.
  if (values.length === 1) return [sql`${raw(column)} = ${values[0]}::${raw(type)}`];
  return [sql`${raw(column)} = ANY(${values}::${raw(type)}[])`];
}

/** Renders a case-insensitive search in any of the columns; wildcards in the text are matched literally. */
export function ilikeFilter(columns: readonly string[], text: string | undefined): Sql[] {
  if (text === undefined) return [];
  const pattern = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const anywhere = columns.map((column) => sql`${raw(column)} ILIKE ${pattern}`);
  return [sql`(${join(anywhere, ' OR ')})`];
}
