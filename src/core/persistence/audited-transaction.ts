import sql, { type Sql } from 'sql-template-tag';
import { RAW_TEXT, type RawRow } from '../http/row-serializer.js';
import { type DataSource, type EntityMetadata, type EntityTarget } from 'typeorm';
import { anyOfIds, type Statement } from './prepared-statements.js';
import { type PipelinedTransaction } from './pipelined-transaction.js';
import { type Principal } from '../authorization/actor.js';
import { type EventMap, type EventName, type DomainEvent } from './event-map.js';
import { type ColumnValues } from './column-values.js';
import {
  reasonRequirementsFor,
  reasonRequirementsForFields,
  type ReasonRequirement,
  type ReasonRule,
} from './change-reason.js';
import {
  diff,
  nameOf,
  auditedValue,
  auditMetadataOf,
  type Changes,
  type AuditEntryDraft,
} from './audited.decorator.js';
import { EntitySql, valueIn } from './entity-sql.js';

/** PostgreSQL takes 65,535 parameters a statement. */
const MAX_PARAMETERS = 60_000;

/** By entity; what TypeORM knows of one is the same in each application of a process. */
const statements = new WeakMap<object, EntitySql>();

interface Row {
  readonly id: number;
  readonly version?: number;
}

export type EntityClass<E> = (new () => E) & EntityTarget<E> & object;

interface AuditOptions<E> {
  /** The verb of the audit entry; default `created`, `updated`, `deleted`. */
  readonly verb?: string;
  /** Changes of a row that are kept in other tables, such as its tags. */
  readonly also?: (row: E) => Changes;
  /** It is not done without a reason, whatever is configured; any will do, unless one that tells something is required. */
  readonly needsReason?: boolean;
  /** Further columns of what is written, such as the state of a record that it refers to. */
  readonly returning?: Sql;
}

/**
 * One open transaction: the only hand that writes. Every row it touches is noted for the audit trail, set-based, and
 * the notes are written when the work is done, in the same transaction.
 */
export class AuditedTransaction {
  readonly auditEntries: AuditEntryDraft[] = [];
  readonly events: DomainEvent[] = [];
  /** What was done that needs a reason. */
  readonly reasonRequirements: ReasonRequirement[] = [];

  constructor(
    public principal: Principal,
    /** The one time of everything that this transaction changes. */
    readonly now: Date,
    private readonly source: DataSource,
    private readonly transaction: PipelinedTransaction,
    private readonly regulated: readonly ReasonRule[],
  ) {}

  /** The same transaction, now that it is known who its author is: a login begins as a visitor's. */
  actAs(principal: Principal): this {
    this.principal = principal;
    return this;
  }

  /** Runs a statement in this transaction. A write of a business record belongs to `insert`, `update` or `remove`. */
  query<R>(statement: Statement): Promise<R[]> {
    return this.transaction.query<R>(statement);
  }

  /** Fills a temporary table by COPY (`Transaction.copy`). */
  copy(statement: string, rows: string): Promise<void> {
    return this.transaction.copy(statement, rows);
  }

  /** From here on its statements may take as long as they take. */
  unlimited(): Promise<void> {
    return this.transaction.unlimited();
  }

  /**
   * Sends a statement of this transaction whose answer the work need not wait for; if it fails, the change does.
   *
   * @param answered is given its rows before the change is done
   * @param failed makes what the change fails with out of what the statement failed with
   */
  enqueue<R>(statement: Statement, answered?: (rows: R[]) => void, failed?: (error: unknown) => unknown): void {
    this.transaction.enqueue(statement, answered, failed);
  }

  /** What TypeORM knows of the table of an entity. */
  metadataOf(entity: EntityClass<unknown>): EntityMetadata {
    return this.source.getMetadata(entity);
  }

  /** Runs a statement in this transaction. @returns its rows as a `RowSerializer` reads them */
  queryRaw(statement: Statement): Promise<RawRow[]> {
    return this.transaction.query<RawRow>(statement, RAW_TEXT);
  }

  /**
   * Says in the audit trail what no single row shows.
   *
   * @param was the value of a field of the record before the change; undefined where there was no record
   * @param needsReason whatever is configured
   */
  audit(note: AuditEntryDraft, was?: (field: string) => unknown, needsReason = false): void {
    this.auditEntries.push(note);
    const deeds = reasonRequirementsFor(this.regulated, note, was);
    this.reasonRequirements.push(...(needsReason && deeds.length === 0 ? reasonRequirementsForFields(note) : deeds));
  }

  /** Tells subscribers of `name` once this transaction is committed. */
  emit<K extends EventName>(name: K, payload: EventMap[K]): void {
    this.events.push({ name, payload } as DomainEvent);
  }

  /**
   * Locks rows in the order of their ids, the one order that keeps two transactions from waiting for each other.
   *
   * @param where which of the ids, as an SQL condition on the table's columns
   * @returns the rows that exist, as they are now
   */
  lock<E extends Row>(entity: EntityClass<E>, ids: readonly number[], where: Sql = sql`TRUE`): Promise<E[]> {
    return this.lockWhere(entity, sql`id ${anyOfIds(ids)} AND ${where}`);
  }

  /** The same for the rows that meet an SQL condition on the table's columns. */
  async lockWhere<E extends Row>(entity: EntityClass<E>, where: Sql): Promise<E[]> {
    const statements = this.statements(entity);
    return statements.values.read(await this.query<E>(statements.lock(where)));
  }

  /** Inserts rows; columns left out take their defaults. @returns the rows as stored, in the order given */
  async insert<E extends Row>(
    entity: EntityClass<E>,
    rows: readonly Partial<E>[],
    note: AuditOptions<E> = {},
  ): Promise<E[]> {
    const statements = this.statements(entity);
    const stored: E[] = [];
    for (const part of chunks(rows, MAX_PARAMETERS / Math.max(1, Object.keys(rows[0] ?? {}).length))) {
      stored.push(...statements.values.read(await this.query<E>(statements.insert(part, note.returning))));
    }
    stored.forEach((row) => this.draftEntries(entity, null, row, 'created', note));
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
    note: AuditOptions<E> = {},
  ): Promise<E[]> {
    const statements = this.statements(entity);
    const { values } = statements;
    const touched = rows.filter((row) => differs(values, row, patch) || Object.keys(note.also?.(row) ?? {}).length > 0);
    if (touched.length === 0) return [...rows];
    const ids = touched.map(({ id }) => id);
    const changed = values.read(await this.query<E>(statements.update(ids, patch, this.now, note.returning)));
    const written = new Map(changed.map((row) => [row.id, row]));
    const images = new Map(
      touched.map((row) => [row.id, written.has(row.id) ? { ...row, ...written.get(row.id) } : null]),
    );
    for (const row of touched) {
      this.draftEntries(entity, row, images.get(row.id) ?? null, 'updated', note);
    }
    return rows.map((row) => images.get(row.id) ?? row);
  }

  /** Deletes rows that this transaction has locked; the audit trail keeps what they held. */
  async remove<E extends Row>(entity: EntityClass<E>, rows: readonly E[], note: AuditOptions<E> = {}): Promise<void> {
    await this.query(this.statements(entity).remove(rows.map(({ id }) => id)));
    rows.forEach((row) => this.draftEntries(entity, row, null, 'deleted', note));
  }

  private draftEntries<E extends Row>(
    entity: EntityClass<E>,
    before: E | null,
    after: E | null,
    usual: string,
    { verb = usual, also, needsReason }: AuditOptions<E>,
  ): void {
    const recording = auditMetadataOf(entity);
    const row = (after ?? before) as E;
    const was = before && after ? (field: string) => auditedValue(recording, before, field) : undefined;
    const note = {
      action: `${recording.type}.${verb}`,
      entityType: recording.type,
      entityId: row.id,
      entityVersion: row.version ?? null,
      entityName: nameOf(recording, before, after),
      entityUpdatedAt: updatedAt(row),
      changes: { ...diff(recording, before, after), ...also?.(before ?? row) },
    };
    this.audit(note, was, needsReason);
  }

  /** @throws where the entity is not `@Recorded` */
  private statements(entity: EntityClass<unknown>): EntitySql {
    auditMetadataOf(entity);
    const known = statements.get(entity) ?? new EntitySql(this.metadataOf(entity));
    statements.set(entity, known);
    return known;
  }
}

function updatedAt(row: object | null): Date | null {
  const time = row && valueIn(row, 'updatedAt');
  return time instanceof Date ? time : null;
}

function differs(values: ColumnValues, row: object, patch: object): boolean {
  return Object.entries(patch).some(([property, value]) => values.differs(property, valueIn(row, property), value));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const step = Math.max(1, Math.floor(size));
  return Array.from({ length: Math.ceil(items.length / step) }, (_, part) =>
    items.slice(part * step, (part + 1) * step),
  );
}
