import { Injectable } from '@nestjs/common';
import { type RawRow } from '../../core/http/row-serializer.js';
import { VersionedJson } from '../../core/http/entity-tags.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { UsernameCache } from '../../users/username.cache.js';
import { type TaskView } from '../tasks.dto.js';
import { CURRENT_TASKS, type TaskContext, type TaskProjection, type Usernames } from './task-projection.sql.js';

/** Serializes tasks as `TaskView`, from rows that begin with the columns of a projection. */
@Injectable()
export class TaskSerializer {
  constructor(private readonly users: UsernameCache) {}

  /** Resolves what the view of rows needs beside their columns: the user names that they refer to. */
  async context(rows: readonly RawRow[], projection: TaskProjection, query?: QueryFn): Promise<TaskContext> {
    const ids = new Set<string>();
    for (const row of rows) for (const column of projection.userIdColumns) ids.add(row[column] as string);
    return contextOf(await this.users.resolve(ids, query), projection);
  }

  /** Resolves user names within a transaction, before the written task is read back, to save a round trip. */
  namesWithin(tx: AuditedTransaction, ids: readonly number[]): Promise<Usernames> {
    return this.users.resolve(ids.map(String), (statement) => tx.query(statement));
  }

  serialize(row: RawRow, names: Usernames, projection: TaskProjection = CURRENT_TASKS): VersionedJson<TaskView> {
    const { view, actions } = projection;
    const version = Number(row[view.columnIndex('version')]);
    return new VersionedJson(view.serialize(row, contextOf(names, projection)), version, actions !== undefined);
  }
}

const contextOf = (names: Usernames, { actions }: TaskProjection): TaskContext => ({
  names,
  ...(actions && { actions }),
});
