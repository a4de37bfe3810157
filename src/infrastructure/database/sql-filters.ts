import sql, { join, raw, type Sql } from 'sql-template-tag';

/** A filter that takes any of several values; nothing where it is not given. Spread it into a list of conditions. */
export function inFilter(column: string, values: readonly unknown[] | undefined, type: 'int' | 'text'): Sql[] {
  if (!values) return [];
  // An index whose first column equals one value gives its rows in the order of the next column.
  if (values.length === 1) return [sql`${raw(column)} = ${values[0]}::${raw(type)}`];
  return [sql`${raw(column)} = ANY(${values}::${raw(type)}[])`];
}

/** Text in any of the columns, without regard to case; wildcards in what was typed are taken as they are. */
export function ilikeFilter(columns: readonly string[], text: string | undefined): Sql[] {
  if (text === undefined) return [];
  const pattern = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const anywhere = columns.map((column) => sql`${raw(column)} ILIKE ${pattern}`);
  return [sql`(${join(anywhere, ' OR ')})`];
}
