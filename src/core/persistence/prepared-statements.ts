import { type QueryConfig } from 'pg';
import sql, { type Sql } from 'sql-template-tag';

export type Statement = Pick<Sql, 'text' | 'values'>;

/** Asks for all rows of a statement, on whatever connection. */
export type QueryFn = <R extends object>(statement: Statement) => Promise<R[]>;

/** So many texts are prepared on each connection; filters can be combined into more than is worth keeping. */
const MAX_PREPARED = 200;

/**
 * Names for texts of statements. One that has a name is prepared once a connection, so that PostgreSQL parses and plans
 * it once; those beyond the limit are planned each time.
 */
export class PreparedStatements {
  private readonly names = new Map<string, string>();

  /** @param prefix tells the names apart from those that others give on the same connections */
  constructor(private readonly prefix: string) {}

  /** The statement as the driver takes it. */
  toQueryConfig({ text, values }: Statement): QueryConfig {
    const name = this.nameOf(text);
    return name ? { name, text, values } : { text, values };
  }

  private nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known || this.names.size >= MAX_PREPARED) return known;
    const name = `${this.prefix}_${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}

/**
 * One of these ids, for prepared statements. The sub-select keeps from the planner how many there are: it would find
 * the one plan for any number too dear for a few, and plan each time anew, which costs more than the statement.
 */
export const anyOfIds = (ids: readonly number[]): Sql => sql`= ANY((SELECT ${ids}::int[])::int[])`;
