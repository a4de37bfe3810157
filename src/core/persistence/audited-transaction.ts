import sql, { type Sql } from 'sql-template-tag';
import { RAW_TEXT, type RawRow } from '../http/row-serializer.js';
import { type DataSource, type EntityMetadata, type EntityTarget } from 'typeorm';
import { anyOfIds, type Statement } from './prepared-statements.js';
import { type PipelinedTransaction } from './pipelined-transaction.js';
import { type Principal } from '../authorization/actor.js';
import { type EventMap, type EventName, type DomainEvent } from './event-map.js';
import { type ColumnValues } from './column-values.js';
import { partsOf, partsOfPowersOfTwo } from './parts.js';
import {
  isJudgedByRules,
  reasonRequirementsFor,
  reasonRequirementsForFields,
  type ReasonRequirement,
  type ReasonRule,
} from './change-reason.js';
import {
  auditEntryOf,
  auditedValue,
  auditMetadataOf,
  type Changes,
  type AuditEntryDraft,
} from './audited.decorator.js';
import { EntitySql, valueIn } from './entity-sql.js';

/** PostgreSQL accepts 65,535 parameters a statement. */
const MAX_PARAMETERS = 60_000;
/** Rows whose new values travel in one parameter. */
const MAX_UPDATED = 1000;

/** Cached by entity: TypeORM's metadata of one is the same in each application of a process. */
const entitySql = new WeakMap<object, EntitySql>();

interface Row {
  readonly id: number;
  readonly version?: number;
}

export type EntityClass<E> = (new () => E) & EntityTarget<E> & object;

interface AuditOptions<E> {
  /** Verb of the audit entry; default `created`, `updated`, `deleted`. */
  readonly verb?: string;
  /** Changes of a row that are stored in other tables, such as its tags; `index` is its place among inserted rows. */
  readonly also?: (row: E, index: number) => Changes;
  /**
   * Requires a reason regardless of the configuration; any text counts, unless a configured rule requires a
   * meaningful one.
   */
  readonly needsReason?: boolean;
  /** Further columns to return of the written rows, such as the state of a record that they refer to. */
  readonly returning?: Sql;
}

/**
 * Open transaction, and the only way to write business records. Drafts an audit entry for every row that it changes,
 * set-based; the entries are written in the same transaction when the work is done.
 */
export class AuditedTransaction {
  readonly auditEntries: AuditEntryDraft[] = [];
  readonly events: DomainEvent[] = [];
  /** Regulated operations of this transaction, which need a reason. */
  readonly reasonRequirements: ReasonRequirement[] = [];

  constructor(
    public principal: Principal,
    /** Timestamp of every change in this transaction. */
    readonly now: Date,
    private readonly source: DataSource,
    private readonly transaction: PipelinedTransaction,
    private readonly reasonRules: readonly ReasonRule[],
  ) {}

  /** Replaces the principal once the user is known: a login begins as a visitor's transaction. */
  actAs(principal: Principal): this {
    this.principal = principal;
    return this;
  }

  /** Runs a statement in this transaction. Write business records with `insert`, `update` or `remove` instead. */
  query<R>(statement: Statement): Promise<R[]> {
    return this.transaction.query<R>(statement);
  }

  /**
   * Adds rows to a table by COPY (`PipelinedTransaction.copy`). No audit entry is drafted: an import, and any other caller that writes
   * records so, writes the entries too.
   */
  copy(statement: string, rows: string): Promise<void> {
    return this.transaction.copy(statement, rows);
  }

  /** Lifts the statement timeout for the rest of this transaction. */
  unlimited(): Promise<void> {
    return this.transaction.unlimited();
  }

  /**
   * Enqueues a statement whose result the work need not await; if it fails, the change fails.
   *
   * @param onRows receives its rows before the change is done
   * @param mapError maps the error of the statement to that of the change
   */
  enqueue<R>(statement: Statement, onRows?: (rows: R[]) => void, mapError?: (error: unknown) => unknown): void {
    this.transaction.enqueue(statement, onRows, mapError);
  }

  /** Enqueues statements that write items as JSON, a slice each (`PipelinedTransaction.enqueueInSlices`); errors as of `enqueue`. */
  enqueueInSlices(
    items: readonly object[],
    statement: (json: string) => Statement,
    mapError?: (error: unknown) => unknown,
  ): Promise<void> {
    return this.transaction.enqueueInSlices(items, statement, mapError);
  }

  /** Returns TypeORM's metadata of an entity. */
  metadataOf(entity: EntityClass<unknown>): EntityMetadata {
    return this.source.getMetadata(entity);
  }

  /** Runs a statement in this transaction. @returns its rows as text, for a `RowSerializer` */
  queryRaw(statement: Statement): Promise<RawRow[]> {
    return this.transaction.query<RawRow>(statement, RAW_TEXT);
  }

  /**
   * Adds an audit entry that no single row change shows.
   *
   * @param valueBefore returns a field of the record before the change; undefined where there was no record
   * @param needsReason requires a reason regardless of the configuration
   */
  audit(entry: AuditEntryDraft, valueBefore?: (field: string) => unknown, needsReason = false): void {
    this.auditEntries.push(entry);
    const required = reasonRequirementsFor(this.reasonRules, entry, valueBefore);
    const isUnregulated = needsReason && required.length === 0;
    this.reasonRequirements.push(...(isUnregulated ? reasonRequirementsForFields(entry, valueBefore) : required));
  }

  /** Emits an event to the subscribers of `name` after the commit. */
  emit<K extends EventName>(name: K, payload: EventMap[K]): void {
    this.events.push({ name, payload } as DomainEvent);
  }

  /**
   * Locks rows in the order of their ids, so that two transactions cannot deadlock.
   *
   * @param where SQL condition on the table's columns
   * @returns the rows that exist, as they are now
   */
  lock<E extends Row>(entity: EntityClass<E>, ids: readonly number[], where: Sql = sql`TRUE`): Promise<E[]> {
    return this.lockWhere(entity, sql`id ${anyOfIds(ids)} AND ${where}`);
  }

  /**
   * Locks the rows that meet an SQL condition on the table's columns, in the order of their ids.
   *
   * @param omitted large properties that the rows come without, unless a rule for reasons asks for them: no change that sets
   *   one may use these rows as its images
   */
  async lockWhere<E extends Row>(
    entity: EntityClass<E>,
    where: Sql,
    omitted?: readonly (keyof E & string)[],
  ): Promise<E[]> {
    const statements = this.statements(entity);
    const { type, fields } = auditMetadataOf(entity);
    const left = omitted?.filter((property) => !isJudgedByRules(this.reasonRules, type, fields[property]));
    return statements.values.read(await this.query<E>(statements.lock(where, left)));
  }

  /** Inserts rows; columns left out take their defaults. @returns the rows as stored, in the order given */
  async insert<E extends Row>(
    entity: EntityClass<E>,
    rows: readonly Partial<E>[],
    options: AuditOptions<E> = {},
  ): Promise<E[]> {
    const statements = this.statements(entity);
    const stored: E[] = [];
    for (const part of partsOfPowersOfTwo(rows, MAX_PARAMETERS / Math.max(1, Object.keys(rows[0] ?? {}).length))) {
      stored.push(...statements.values.read(await this.query<E>(statements.insert(part, options.returning))));
    }
    stored.forEach((row, index) => this.draftEntries(entity, null, row, 'created', options, index));
    return stored;
  }

  /**
   * Sets the same new values on rows that this transaction has locked. Rows that already have them stay untouched.
   *
   * @param rows as `lock` returned them: the images before the change
   * @returns the rows as they are now, in the same order
   */
  async update<E extends Row>(
    entity: EntityClass<E>,
    rows: readonly E[],
    patch: Partial<E>,
    options: AuditOptions<E> = {},
  ): Promise<E[]> {
    const statements = this.statements(entity);
    const { values } = statements;
    const touched = rows.filter(
      (row) => differs(values, row, patch) || Object.keys(options.also?.(row, 0) ?? {}).length > 0,
    );
    if (touched.length === 0) return [...rows];
    const ids = touched.map(({ id }) => id);
    const changed = values.read(await this.query<E>(statements.update(ids, patch, this.now, options.returning)));
    return this.draftUpdates(entity, rows, touched, changed, options);
  }

  /**
   * Sets new values of its own on each of some rows that this transaction has locked, in statements whose number does not grow
   * with the rows. Rows that already have them stay untouched.
   *
   * @param changes the images before the change, as `lock` returned them, with the new values
   * @returns the rows as they are now, in the same order
   */
  async updateEach<E extends Row>(
    entity: EntityClass<E>,
    changes: readonly { readonly row: E; readonly patch: Partial<E> }[],
    options: AuditOptions<E> = {},
  ): Promise<E[]> {
    const statements = this.statements(entity);
    const { values } = statements;
    const touched = changes.filter(({ row, patch }) => differs(values, row, patch));
    const properties = [...new Set(touched.flatMap(({ patch }) => Object.keys(patch)))].sort();
    const written: E[] = [];
    for (const part of partsOf(touched, MAX_UPDATED)) {
      const rows = part.map(({ row, patch }) => ({ id: row.id, patch: { ...row, ...patch } }));
      const statement = statements.updateEach(rows, properties, this.now, options.returning);
      written.push(...values.read(await this.query<E>(statement)));
    }
    const [all, before] = [changes.map(({ row }) => row), touched.map(({ row }) => row)];
    return this.draftUpdates(entity, all, before, written, options);
  }

  /** Drafts the entries of `touched` rows. @returns all rows as they are now */
  private draftUpdates<E extends Row>(
    entity: EntityClass<E>,
    rows: readonly E[],
    touched: readonly E[],
    changed: readonly E[],
    options: AuditOptions<E>,
  ): E[] {
    const written = new Map(changed.map((row) => [row.id, row]));
    const images = new Map(
      touched.map((row) => [row.id, written.has(row.id) ? { ...row, ...written.get(row.id) } : null]),
    );
    for (const row of touched) {
      this.draftEntries(entity, row, images.get(row.id) ?? null, 'updated', options);
    }
    return rows.map((row) => images.get(row.id) ?? row);
  }

  /** Deletes rows that this transaction has locked; the audit trail keeps their values. */
  async remove<E extends Row>(
    entity: EntityClass<E>,
    rows: readonly E[],
    options: AuditOptions<E> = {},
  ): Promise<void> {
    await this.query(this.statements(entity).remove(rows.map(({ id }) => id)));
    rows.forEach((row) => this.draftEntries(entity, row, null, 'deleted', options));
  }

  private draftEntries<E extends Row>(
    entity: EntityClass<E>,
    before: E | null,
    after: E | null,
    defaultVerb: string,
    { verb = defaultVerb, also, needsReason }: AuditOptions<E>,
    index = 0,
  ): void {
    const metadata = auditMetadataOf(entity);
    const valueBefore = before && after ? (field: string) => auditedValue(metadata, before, field) : undefined;
    const entry = auditEntryOf(metadata, verb, before, after, also?.((before ?? after) as E, index));
    this.audit(entry, valueBefore, needsReason);
  }

  /** @throws where the entity is not `@Audited` */
  private statements(entity: EntityClass<unknown>): EntitySql {
    auditMetadataOf(entity);
    const cached = entitySql.get(entity) ?? new EntitySql(this.metadataOf(entity));
    entitySql.set(entity, cached);
    return cached;
  }
}

function differs(values: ColumnValues, row: object, patch: object): boolean {
  return Object.entries(patch).some(([property, value]) => values.differs(property, valueIn(row, property), value));
}
