import sql, { join, raw, type Sql } from 'sql-template-tag';
import { AS_TEXT, type TextRow } from './json-view.js';
import { type DataSource, type EntityMetadata, type EntityTarget } from 'typeorm';
import { type Statement } from '../database/prepared.js';
import { type Transaction } from '../database/transaction.js';
import { type Author } from './actor.js';
import { type EventMap, type EventName, type Happening } from './events.js';
import { deedsOf, type Deed, type Regulated } from './reason.js';
import { difference, nameOf, recordedValue, recordingOf, same, type Changes, type TrailNote } from './recorded.js';

/** PostgreSQL takes 65,535 parameters a statement. */
const MAX_PARAMETERS = 60_000;

interface Row {
  readonly id: number;
  readonly version?: number;
}

export type EntityClass<E> = (new () => E) & EntityTarget<E> & object;

interface Note<E> {
  /** The verb of the audit entry; default `created`, `updated`, `deleted`. */
  readonly verb?: string;
  /** Changes of a row that are kept in other tables, such as its tags. */
  readonly also?: (row: E) => Changes;
}

/**
 * One open transaction: the only hand that writes. Every row it touches is noted for the audit trail, set-based, and
 * the notes are written when the work is done, in the same transaction.
 */
export class Tx {
  readonly notes: TrailNote[] = [];
  readonly events: Happening[] = [];
  /** What was done that needs a reason. */
  readonly deeds: Deed[] = [];

  constructor(
    public author: Author,
    /** The one time of everything that this transaction changes. */
    readonly now: Date,
    private readonly source: DataSource,
    private readonly transaction: Transaction,
    private readonly regulated: readonly Regulated[],
  ) {}

  /** The same transaction, now that it is known who its author is: a login begins as a visitor's. */
  as(author: Author): this {
    this.author = author;
    return this;
  }

  /** Runs a statement in this transaction. A write of a business record belongs to `insert`, `update` or `remove`. */
  query<R>(statement: Statement): Promise<R[]> {
    return this.transaction.query<R>(statement);
  }

  /**
   * Sends a statement of this transaction whose answer the work need not wait for; if it fails, the change does.
   *
   * @param answered is given its rows before the change is done
   * @param failed makes what the change fails with out of what the statement failed with
   */
  send<R>(statement: Statement, answered?: (rows: R[]) => void, failed?: (error: unknown) => unknown): void {
    this.transaction.send(statement, answered, failed);
  }

  /** What TypeORM knows of the table of an entity. */
  metadataOf(entity: EntityClass<unknown>): EntityMetadata {
    return this.source.getMetadata(entity);
  }

  /** Runs a statement in this transaction. @returns its rows as a `JsonView` reads them */
  texts(statement: Statement): Promise<TextRow[]> {
    return this.transaction.query<TextRow>(statement, AS_TEXT);
  }

  /**
   * Says in the audit trail what no single row shows.
   *
   * @param was the value of a field of the record before the change; undefined where there was no record
   */
  record(note: TrailNote, was?: (field: string) => unknown): void {
    this.notes.push(note);
    this.deeds.push(...deedsOf(this.regulated, note, was));
  }

  /** Tells subscribers of `name` once this transaction is committed. */
  emit<K extends EventName>(name: K, payload: EventMap[K]): void {
    this.events.push({ name, payload } as Happening);
  }

  /**
   * Locks rows in the order of their ids, the one order that keeps two transactions from waiting for each other.
   *
   * @param where which of the ids, as an SQL condition on the table's columns
   * @returns the rows that exist, as they are now
   */
  lock<E extends Row>(entity: EntityClass<E>, ids: readonly number[], where: Sql = sql`TRUE`): Promise<E[]> {
    return this.lockWhere(entity, sql`id = ANY(${ids}::int[]) AND ${where}`);
  }

  /** The same for the rows that meet an SQL condition on the table's columns. */
  lockWhere<E extends Row>(entity: EntityClass<E>, where: Sql): Promise<E[]> {
    const { table, columns } = this.shape(entity);
    return this.query<E>(sql`SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY id FOR UPDATE`);
  }

  /** Inserts rows; columns left out take their defaults. @returns the rows as stored, in the order given */
  async insert<E extends Row>(entity: EntityClass<E>, rows: readonly Partial<E>[], note: Note<E> = {}): Promise<E[]> {
    const stored: E[] = [];
    for (const part of chunks(rows, MAX_PARAMETERS / Math.max(1, Object.keys(rows[0] ?? {}).length))) {
      stored.push(...(await this.query<E>(this.insertSql(entity, part))));
    }
    stored.forEach((row) => this.note(entity, null, row, note.verb ?? 'created', note.also?.(row)));
    return stored;
  }

  /**
   * Gives the same new values to rows that this transaction has locked. Rows that already have them stay untouched.
   *
   * @param rows as `lock` returned them: the images before the change
   * @returns the rows as they are now, in the same order
   */
  async update<E extends Row>(
    entity: EntityClass<E>,
    rows: readonly E[],
    patch: Partial<E>,
    note: Note<E> = {},
  ): Promise<E[]> {
    const touched = rows.filter((row) => differs(row, patch) || Object.keys(note.also?.(row) ?? {}).length > 0);
    if (touched.length === 0) return [...rows];
    const after = new Map((await this.query<E>(this.updateSql(entity, touched, patch))).map((row) => [row.id, row]));
    for (const row of touched) {
      this.note(entity, row, after.get(row.id) ?? null, note.verb ?? 'updated', note.also?.(row));
    }
    return rows.map((row) => after.get(row.id) ?? row);
  }

  /** Deletes rows that this transaction has locked; the audit trail keeps what they held. */
  async remove<E extends Row>(entity: EntityClass<E>, rows: readonly E[], note: Note<E> = {}): Promise<void> {
    const { table } = this.shape(entity);
    await this.query(sql`DELETE FROM ${table} WHERE id = ANY(${rows.map((row) => row.id)}::int[])`);
    rows.forEach((row) => this.note(entity, row, null, note.verb ?? 'deleted', note.also?.(row)));
  }

  private note<E extends Row>(entity: EntityClass<E>, before: E | null, after: E | null, verb: string, also?: Changes) {
    const recording = recordingOf(entity);
    const row = after ?? before;
    const was = before && after ? (field: string) => recordedValue(recording, before, field) : undefined;
    const note = {
      action: `${recording.type}.${verb}`,
      entityType: recording.type,
      entityId: row?.id ?? null,
      entityVersion: row?.version ?? null,
      entityName: nameOf(recording, before, after),
      entityUpdatedAt: updatedAt(row),
      changes: { ...difference(recording, before, after), ...also },
    };
    this.record(note, was);
  }

  private shape(entity: EntityClass<unknown>): { meta: EntityMetadata; table: Sql; columns: Sql } {
    recordingOf(entity);
    const meta = this.metadataOf(entity);
    const columns = meta.columns.map((column) => `"${column.databaseName}" AS "${column.propertyName}"`).join(', ');
    return { meta, table: raw(`"${meta.tableName}"`), columns: raw(columns) };
  }

  private insertSql<E extends Row>(entity: EntityClass<E>, rows: readonly Partial<E>[]): Sql {
    const { meta, table, columns } = this.shape(entity);
    const given = meta.columns.filter(({ propertyName }) => rows.some((row) => propertyName in row));
    const values = rows.map(
      (row) =>
        sql`(${join(given.map((column) => (column.propertyName in row ? sql`${valueIn(row, column.propertyName)}` : sql`DEFAULT`)))})`,
    );
    const names = raw(given.map((column) => `"${column.databaseName}"`).join(', '));
    return sql`INSERT INTO ${table} (${names}) VALUES ${join(values)} RETURNING ${columns}`;
  }

  private updateSql<E extends Row>(entity: EntityClass<E>, rows: readonly E[], patch: Partial<E>): Sql {
    const { meta, table, columns } = this.shape(entity);
    const has = (property: string) => meta.columns.some((column) => column.propertyName === property);
    const sets = meta.columns
      .filter(({ propertyName }) => propertyName in patch)
      .map(({ databaseName, propertyName }) => sql`${raw(`"${databaseName}"`)} = ${valueIn(patch, propertyName)}`);
    if (has('updatedAt')) sets.push(sql`updated_at = ${this.now}`);
    if (has('version')) sets.push(sql`version = version + 1`);
    const ids = rows.map((row) => row.id);
    return sql`UPDATE ${table} SET ${join(sets)} WHERE id = ANY(${ids}::int[]) RETURNING ${columns}`;
  }
}

function updatedAt(row: object | null): Date | null {
  const time = row && valueIn(row, 'updatedAt');
  return time instanceof Date ? time : null;
}

function valueIn(row: object, property: string): unknown {
  return (row as Record<string, unknown>)[property];
}

function differs(row: object, patch: object): boolean {
  return Object.entries(patch).some(([property, value]) => !same(valueIn(row, property), value));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const step = Math.max(1, Math.floor(size));
  return Array.from({ length: Math.ceil(items.length / step) }, (_, part) =>
    items.slice(part * step, (part + 1) * step),
  );
}
