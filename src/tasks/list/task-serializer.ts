import { Injectable } from '@nestjs/common';
import { type RawRow } from '../../core/http/row-serializer.js';
import { VersionedJson } from '../../core/http/entity-tags.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { UsernameCache } from '../../users/username.cache.js';
import { type TaskView } from '../tasks.dto.js';
import { CURRENT_TASKS, type Names, type TaskProjection } from './task-projection.js';

/** Writes tasks as the API shows them, from rows that begin with the columns of a view. */
@Injectable()
export class TaskSerializer {
  constructor(private readonly users: UsernameCache) {}

  /** The names that rows of a source need for their JSON. */
  names(rows: readonly RawRow[], { userIdColumns } = CURRENT_TASKS, query?: QueryFn): Promise<Names> {
    const ids = new Set<string>();
    for (const row of rows) for (const at of userIdColumns) ids.add(row[at] as string);
    return this.users.resolve(ids, query);
  }

  /** The names of users for a task that is being written, so that its answer asks for nothing more. */
  namesWithin(tx: AuditedTransaction, ids: readonly number[]): Promise<Names> {
    return this.users.resolve(ids.map(String), (statement) => tx.query(statement));
  }

  serialize(row: RawRow, names: Names, { view }: TaskProjection = CURRENT_TASKS): VersionedJson<TaskView> {
    return new VersionedJson(view.serialize(row, names), Number(row[view.columnIndex('version')]));
  }
}
