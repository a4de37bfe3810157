import sql, { join, raw, type Sql } from 'sql-template-tag';

/** A filter that takes any of several values; nothing where it is not given. Spread it into a list of conditions. */
export function anyOf(column: string, values: readonly unknown[] | undefined, type: 'int' | 'text'): Sql[] {
  return values ? [sql`${raw(column)} = ANY(${values}::${raw(type)}[])`] : [];
}

/** Text in any of the columns, without regard to case; wildcards in what was typed are taken as they are. */
export function containing(columns: readonly string[], text: string | undefined): Sql[] {
  if (text === undefined) return [];
  const pattern = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const anywhere = columns.map((column) => sql`${raw(column)} ILIKE ${pattern}`);
  return [sql`(${join(anywhere, ' OR ')})`];
}
