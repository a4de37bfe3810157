import { Injectable } from '@nestjs/common';
import { type TextRow } from '../core/json-view.js';
import { type JsonRow } from '../core/page.js';
import { UserNames } from '../users/user-names.js';
import { PRESENT, type TaskSource } from './task-source.js';

/** A task as JSON text, with its version. */
export interface ShownTask extends JsonRow {
  readonly version: number;
}

/** Writes tasks as the API shows them, from rows that begin with the columns of a view. */
@Injectable()
export class TaskViews {
  constructor(private readonly names: UserNames) {}

  /** @returns the JSON of each, and what its row held behind the view: the keys of its cursor */
  async shown(rows: readonly TextRow[], { view, who } = PRESENT): Promise<(JsonRow & { cursor: string[] })[]> {
    const names = await this.names.of(rows.flatMap((row) => who.map((at) => row[at] as string)));
    return rows.map((row) => view.item(row, names));
  }

  async one(row: TextRow, source: TaskSource = PRESENT): Promise<ShownTask> {
    const [shown] = await this.shown([row], source);
    return { json: (shown as JsonRow).json, version: Number(row[source.view.at('version')]) };
  }
}
