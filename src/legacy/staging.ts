import sql, { raw } from 'sql-template-tag';
import { type Tx } from '../core/tx.js';
import { ENTITIES, NUMBERED, type Entity } from '../legacy-reading/legacy-source.js';
import { type StagedRow } from '../legacy-reading/record-reader.js';

const BATCH = 2000;

const COLUMNS: Readonly<Record<Entity, string>> = {
  user: `pk bigint, username text, email text, hashed_password text, role text, timezone text, email_verified boolean,
    is_active boolean, last_login timestamptz, date_joined timestamptz, created_at timestamptz`,
  tag: 'pk bigint, name text',
  task: `pk bigint, title text, description text, status text, priority text, assignee bigint, creator bigint,
    parent bigint, estimated_hours numeric(6,2), actual_hours numeric(6,2), deadline timestamptz,
    priority_escalated boolean, created_at timestamptz, updated_at timestamptz`,
  link: 'task bigint, tag bigint',
  history: 'pk bigint, task bigint, action text, from_status text, to_status text, timestamp timestamptz',
  notification: `pk bigint, "user" bigint, task bigint, message text, notification_type text, read boolean,
    is_delivered boolean, created_at timestamptz`,
};

/** The staging table of an entity; gone with the transaction. */
export const staged = (entity: Entity) => raw(`staged_${entity}`);

/** Takes the rows into temporary tables, so that they are checked and written by set-based SQL in bounded memory. */
export class Staging {
  private readonly waiting = new Map<Entity, StagedRow[]>(ENTITIES.map((entity) => [entity, []]));
  private writing = Promise.resolve();

  private constructor(private readonly tx: Tx) {}

  static async prepare(tx: Tx): Promise<Staging> {
    for (const entity of ENTITIES) {
      await tx.query(sql`CREATE TEMP TABLE ${staged(entity)} (${raw(COLUMNS[entity])}) ON COMMIT DROP`);
    }
    // Which record of the source is which record here: `known` from an earlier import, `matched` to one that was here
    // already, `new` to be written; its id is null until it has one.
    await tx.query(sql`CREATE TEMP TABLE import_map (entity text COLLATE "C", pk bigint, id bigint, state text,
      PRIMARY KEY (entity, pk)) ON COMMIT DROP`);
    return new Staging(tx);
  }

  add(entity: Entity, row: StagedRow): void {
    this.waiting.get(entity)?.push(row);
  }

  /** Call it after every batch of records. It writes where enough has gathered, while the next ones are read. */
  async flush(least = BATCH): Promise<void> {
    for (const [entity, rows] of this.waiting) {
      if (rows.length === 0 || rows.length < least) continue;
      await this.writing;
      this.writing = this.write(entity, rows.splice(0));
      // Whoever awaits it next is told of a failure.
      this.writing.catch(() => undefined);
    }
  }

  /** Call it after the last row. */
  async finish(): Promise<void> {
    await this.flush(0);
    await this.writing;
    for (const entity of NUMBERED) await this.tx.query(sql`CREATE INDEX ON ${staged(entity)} (pk)`);
    await this.tx.query(sql`CREATE INDEX ON ${staged('link')} (task)`);
    for (const entity of ENTITIES) await this.tx.query(sql`ANALYZE ${staged(entity)}`);
  }

  private async write(entity: Entity, rows: readonly StagedRow[]): Promise<void> {
    const table = staged(entity);
    await this.tx.query(
      sql`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, ${JSON.stringify(rows)}::json)`,
    );
  }
}
