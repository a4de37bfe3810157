import { type QueryConfig } from 'pg';
import sql, { type Sql } from 'sql-template-tag';

export type Statement = Pick<Sql, 'text' | 'values'>;

/** Runs a statement on any connection and returns all its rows. */
export type QueryFn = <R extends object>(statement: Statement) => Promise<R[]>;

/** Bounds the statements prepared on each connection; filters combine into more texts than are worth keeping. */
const MAX_PREPARED = 200;

/**
 * Names statement texts. A named one is prepared once a connection, so that PostgreSQL parses and plans it once;
 * those beyond the limit are planned each time.
 */
export class PreparedStatements {
  private readonly names = new Map<string, string>();

  /** @param prefix distinguishes these names from others on the same connections */
  constructor(private readonly prefix: string) {}

  /** Converts a statement to the driver's form. */
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
 * Matches any of these ids, for prepared statements. The sub-select hides the array length from the planner: it would
 * find the generic plan too expensive for few ids and re-plan each execution, which costs more than the statement
 * itself.
 */
export const anyOfIds = (ids: readonly number[]): Sql => sql`= ANY((SELECT ${ids}::int[])::int[])`;
