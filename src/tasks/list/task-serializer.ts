import { Injectable } from '@nestjs/common';
import { type RawRow } from '../../core/http/row-serializer.js';
import { VersionedJson } from '../../core/http/entity-tags.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { UsernameCache } from '../../users/username.cache.js';
import { type TaskView } from '../tasks.dto.js';
import { CURRENT_TASKS, type TaskProjection, type Usernames } from './task-projection.sql.js';

/** Serializes tasks as `TaskView`, from rows that begin with the columns of a projection. */
@Injectable()
export class TaskSerializer {
  constructor(private readonly users: UsernameCache) {}

  /** Resolves the user names that rows refer to. */
  names(rows: readonly RawRow[], { userIdColumns } = CURRENT_TASKS, query?: QueryFn): Promise<Usernames> {
    const ids = new Set<string>();
    for (const row of rows) for (const column of userIdColumns) ids.add(row[column] as string);
    return this.users.resolve(ids, query);
  }

  /** Resolves user names within a transaction, before the written task is read back, to save a round trip. */
  namesWithin(tx: AuditedTransaction, ids: readonly number[]): Promise<Usernames> {
    return this.users.resolve(ids.map(String), (statement) => tx.query(statement));
  }

  serialize(row: RawRow, names: Usernames, { view }: TaskProjection = CURRENT_TASKS): VersionedJson<TaskView> {
    return new VersionedJson(view.serialize(row, names), Number(row[view.columnIndex('version')]));
  }
}
