import { type Sql } from 'sql-template-tag';

/** A part of the tasks that has a list of its own. */
export interface TaskSubset {
  /** Begins the names of its orders, so that no other list takes its cursors. */
  readonly name: string;
  /** On the tasks `t`. */
  readonly condition: Sql;
}
