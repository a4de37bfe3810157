import { Injectable } from '@nestjs/common';
import { type TextRow } from '../../core/http/row-serializer.js';
import { type JsonRow } from '../../core/http/keyset-pagination.js';
import { type Ask } from '../../core/persistence/prepared-statements.js';
import { type Tx } from '../../core/persistence/audited-transaction.js';
import { UserNames } from '../../users/user-names.js';
import { PRESENT, type Names, type TaskSource } from './task-projection.js';

/** A task as JSON text, with its version. */
export interface ShownTask extends JsonRow {
  readonly version: number;
}

/** Writes tasks as the API shows them, from rows that begin with the columns of a view. */
@Injectable()
export class TaskViews {
  constructor(private readonly users: UserNames) {}

  /** The names that rows of a source need for their JSON. */
  names(rows: readonly TextRow[], { who } = PRESENT, ask?: Ask): Promise<Names> {
    const ids = new Set<string>();
    for (const row of rows) for (const at of who) ids.add(row[at] as string);
    return this.users.of(ids, ask);
  }

  /** The names of users for a task that is being written, so that its answer asks for nothing more. */
  namesWithin(tx: Tx, ids: readonly number[]): Promise<Names> {
    return this.users.of(ids.map(String), (statement) => tx.query(statement));
  }

  one(row: TextRow, names: Names, { view }: TaskSource = PRESENT): ShownTask {
    return { json: view.json(row, names), version: Number(row[view.at('version')]) };
  }
}
