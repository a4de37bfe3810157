import { copyText } from '../core/persistence/copy-text.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type StagedRow } from './sources/legacy-record-reader.js';
import {
  copyStaged,
  createStagingTables,
  indexStagingTables,
  STAGED_COLUMNS,
  type StagingTable,
} from './staging.sql.js';

/** Characters of rows to collect before they are written. */
const BATCH = 1_000_000;

interface Waiting {
  readonly table: StagingTable;
  readonly columns: readonly string[];
  rows: string[];
  size: number;
}

/** Copies the rows into temporary tables, so that they are checked and written by set-based SQL in bounded memory. */
export class Staging {
  private readonly waiting: ReadonlyMap<StagingTable, Waiting>;
  private writing = Promise.resolve();

  private constructor(private readonly tx: AuditedTransaction) {
    this.waiting = new Map(STAGED_COLUMNS.map(([table, columns]) => [table, { table, columns, rows: [], size: 0 }]));
  }

  static async prepare(tx: AuditedTransaction): Promise<Staging> {
    await createStagingTables(tx);
    return new Staging(tx);
  }

  add(table: StagingTable, row: StagedRow): void {
    const waiting = this.waiting.get(table) as Waiting;
    const line = waiting.columns.map((column) => copyText(row[column])).join('\t');
    waiting.rows.push(line);
    waiting.size += line.length;
  }

  /** Writes collected rows once they reach `least` characters, while the next records are read. Call it after every batch. */
  async flush(least = BATCH): Promise<void> {
    for (const waiting of this.waiting.values()) {
      if (waiting.rows.length === 0 || waiting.size < least) continue;
      const text = `${waiting.rows.join('\n')}\n`;
      Object.assign(waiting, { rows: [], size: 0 });
      await this.writing;
      this.writing = copyStaged(this.tx, waiting.table, text);
      // Prevents an unhandled rejection; the next call that awaits it gets the error.
      this.writing.catch(() => undefined);
    }
  }

  /** Writes the rest. Call it after the last row. */
  async finish(): Promise<void> {
    await this.flush(0);
    await this.writing;
    await indexStagingTables(this.tx);
  }
}
