import { type EntityMetadata } from 'typeorm';
import { auditEntryOf, auditMetadataOf } from '../../core/persistence/audited.decorator.js';
import { type AuditedTransaction, type EntityClass } from '../../core/persistence/audited-transaction.js';
import { ColumnValues } from '../../core/persistence/column-values.js';
import { type SampleAct, type SampleRecords } from '../../extensions/sample-contribution.js';
import { reserveIds } from './sample-data.repository.js';
import { type SampleWriter } from './sample-writer.js';

const IDS_AT_ONCE = 500;

interface Table {
  readonly meta: EntityMetadata;
  readonly values: ColumnValues;
  /** As COPY names it. */
  readonly target: string;
  readonly ids: number[];
}

/** Records that extensions add to sample data, with their entries in the order of time. */
export class ContributedRecords implements SampleRecords {
  private readonly tables = new Map<EntityClass<object>, Table>();
  /** Number of records by type. */
  readonly counts: Record<string, number> = {};

  constructor(
    private readonly tx: AuditedTransaction,
    private readonly writer: SampleWriter,
    private readonly now: Date,
  ) {}

  async create<E extends object>(entity: EntityClass<E>, values: Partial<E>, act: SampleAct): Promise<E> {
    const { meta, ids } = this.tableOf(entity);
    if (ids.length === 0) ids.push(...(await reserveIds(this.tx, meta.tableName, IDS_AT_ONCE)).reverse());
    const kept: Record<string, unknown> = { id: ids.pop(), version: 1, createdAt: act.at, updatedAt: act.at };
    const fields = meta.columns.map(({ propertyName }) => [propertyName, kept[propertyName] ?? null] as const);
    const record = { ...Object.fromEntries(fields), ...values } as E;
    this.draft(entity, 'created', null, record, act);
    return record;
  }

  update<E extends object>(entity: EntityClass<E>, before: E, patch: Partial<E>, act: SampleAct): E {
    const { version } = before as { version?: number };
    const maintained = { version: (version ?? 0) + 1, updatedAt: act.at };
    const after = { ...before, ...patch, ...(version !== undefined && maintained) };
    this.draft(entity, 'updated', before, after, act);
    return after;
  }

  write<E extends object>(entity: EntityClass<E>, records: readonly E[]): void {
    const { meta, values, target } = this.tableOf(entity);
    const properties = meta.columns.map(({ propertyName }) => propertyName);
    for (const record of records as readonly Readonly<Record<string, unknown>>[])
      this.writer.addTo(
        target,
        properties.map((property) => values.toDriver(record[property], property)),
      );
    const { type } = auditMetadataOf(entity);
    this.counts[type] = (this.counts[type] ?? 0) + records.length;
  }

  private draft<E extends object>(
    entity: EntityClass<E>,
    verb: string,
    before: E | null,
    after: E,
    { by, at, reason }: SampleAct,
  ): void {
    const entry = auditEntryOf(auditMetadataOf(entity), verb, before, after);
    if (at > this.now) throw new Error(`Sample data has a ${entry.action} at ${at.toISOString()}, after its present`);
    const change = { at, actor: by, reason: reason ?? null, entries: [entry], history: [], notifications: [] };
    this.writer.addChange(change);
  }

  private tableOf(entity: EntityClass<object>): Table {
    const known = this.tables.get(entity);
    if (known) return known;
    const meta = this.tx.metadataOf(entity);
    const columns = meta.columns.map(({ databaseName }) => databaseName).join(', ');
    const table = { meta, values: new ColumnValues(meta), target: `${meta.tableName} (${columns})`, ids: [] };
    this.tables.set(entity, table);
    return table;
  }
}
