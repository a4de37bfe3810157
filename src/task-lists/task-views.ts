import { Injectable } from '@nestjs/common';
import { type TextRow } from '../core/json-view.js';
import { type JsonRow } from '../core/page.js';
import { UserNames } from '../users/user-names.js';
import { PRESENT, type Names, type TaskSource } from './task-source.js';

/** A task as JSON text, with its version. */
export interface ShownTask extends JsonRow {
  readonly version: number;
}

/** Writes tasks as the API shows them, from rows that begin with the columns of a view. */
@Injectable()
export class TaskViews {
  constructor(private readonly users: UserNames) {}

  /** The names that rows of a source need for their JSON. */
  names(rows: readonly TextRow[], { who } = PRESENT): Promise<Names> {
    const ids = new Set<string>();
    for (const row of rows) for (const at of who) ids.add(row[at] as string);
    return this.users.of(ids);
  }

  async one(row: TextRow, source: TaskSource = PRESENT): Promise<ShownTask> {
    const json = source.view.json(row, await this.names([row], source));
    return { json, version: Number(row[source.view.at('version')]) };
  }
}
