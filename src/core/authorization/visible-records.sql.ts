import sql, { raw, type Sql } from 'sql-template-tag';
import { RowCondition } from './restriction.sql.js';

/** A user and a record, as SQL expressions, so that one condition judges many of both. */
export interface RecordReader {
  readonly userId: Sql;
  readonly recordId: Sql;
  /** Time of the reading, or of the transaction that writes. */
  readonly now: Date;
}

/**
 * Renders the condition under which a user may see a record. It does not hold for a record that is not there. The
 * expressions may stand for columns of other tables, so its own tables have aliases, none of which is `n`, `a`, `d` or `due`.
 */
export type RecordVisibility = (reader: RecordReader) => Sql;

/** Member of a condition: the rows whose record a user may see. */
export class VisibleRecords extends RowCondition {
  readonly name = 'visible';

  /** @param id field with the id of the record */
  constructor(
    private readonly visible: RecordVisibility,
    private readonly id: string,
    private readonly reader: { readonly id: number; readonly now?: Date | undefined },
  ) {
    super();
  }

  sql(columns: Readonly<Record<string, string | undefined>>): Sql {
    const column = columns[this.id];
    if (!column) throw new Error(`No column is known for "${this.id}" of this scope`);
    const { id, now = new Date() } = this.reader;
    return this.visible({ userId: sql`${id}::int`, recordId: raw(column), now });
  }

  /** @throws always: PostgreSQL alone looks at records */
  covers(): boolean {
    throw new Error('Whether a record is visible has to be asked in SQL');
  }
}
