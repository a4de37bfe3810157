import { postgresZone } from '../../core/authorization/postgres-zone.js';
import {
  CORRECT_AND_DUMP,
  id,
  InvalidValueError,
  NaturalKey,
  naturalKey,
  NO_PASSWORD,
  reference,
  type FieldReader,
} from './field-readers.js';
import { type FindingCode, type ImportFindings } from './import-findings.js';
import { FAULT, FIELDS, type Field } from './legacy-fields.js';
import { type LegacyRecord, type LegacySource } from './legacy-source.js';

const MAX_SHOWN_NAME = 100;

/** A row of a staging table. Values that could not be read are null. */
export type StagedRow = Record<string, unknown>;

/** Converts records of one source to staging rows, and collects findings. */
export class LegacyRecordReader {
  private readonly known = new Set<number>();
  private keys: NaturalKey[] = [];
  private readonly timeZone: string;

  /** @param timeZone IANA zone of times without one */
  constructor(
    private readonly models: LegacySource['models'],
    private readonly findings: ImportFindings,
    timeZone = 'UTC',
  ) {
    this.timeZone = postgresZone(timeZone);
  }

  /** @returns undefined where the record's own id cannot be read, since nothing can refer to it then */
  row(record: LegacyRecord): StagedRow | undefined {
    const { entity, fields, number } = record;
    const row: StagedRow = { record: number ?? null };
    if (entity !== 'link' && entity !== 'profile') row.pk = this.pk(record);
    for (const [column, field] of Object.entries(FIELDS[entity])) {
      const name = field.names.find((each) => Object.hasOwn(fields, each) && fields[each] !== null);
      row[column] = name ? this.value(record, name, fields[name], field.read) : this.standIn(record, field);
    }
    if (entity === 'user') this.describe(record, row);
    return row.pk === null ? undefined : row;
  }

  /** Returns the tags that Django dumps within a task. */
  links({ entity, pk, fields, number }: LegacyRecord, task: StagedRow): StagedRow[] {
    if (entity !== 'task' || fields.tags === undefined || fields.tags === null) return [];
    const tags = Array.isArray(fields.tags) ? fields.tags : [fields.tags];
    const record = { entity, pk, fields, ...(number !== undefined && { number }) };
    return [...new Set(tags.map((tag) => this.value(record, 'tags', tag, reference('tag'))))]
      .filter((tag) => tag !== null)
      .map((tag) => ({ record: number ?? null, task: task.pk, tag }));
  }

  /** Returns the names that records referred to since the last call, each once. */
  naturalKeys(): readonly NaturalKey[] {
    const keys = this.keys;
    this.keys = [];
    return keys;
  }

  private pk(record: LegacyRecord): unknown {
    const { entity, pk, fields } = record;
    const missing = pk === undefined || pk === null;
    if (missing && entity === 'user' && typeof fields.username === 'string')
      return this.naturalPk(record, fields.username);
    if (missing && entity === 'tag' && typeof fields.name === 'string') return this.naturalPk(record, fields.name);
    if (missing) {
      return this.fault(record, 'pk', 'is missing', 'Dump again without --natural-primary');
    }
    return this.value(record, 'pk', pk, id(entity === 'history' ? 2 ** 53 - 1 : undefined));
  }

  /** Returns the pk that stands for a record dumped without an id (`--natural-primary`). */
  private naturalPk(record: LegacyRecord, name: string): unknown {
    return this.value(record, 'pk', name, () => naturalKey(record.entity === 'tag' ? 'tag' : 'user', name));
  }

  private value(record: LegacyRecord, name: string, value: unknown, read: FieldReader): unknown {
    try {
      const given = read(value, (code) => this.warn(code, record), this.timeZone);
      return given instanceof NaturalKey ? this.keep(given) : given;
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      return this.fault(record, name, error.message, error.remedy);
    }
  }

  private keep(key: NaturalKey): number {
    if (!this.known.has(key.pk)) this.keys.push(key);
    this.known.add(key.pk);
    return key.pk;
  }

  private standIn(record: LegacyRecord, { names, missing, empty }: Field): unknown {
    const isEmpty = names.some((name) => record.fields[name] === null);
    const value = isEmpty ? empty : missing;
    if (value === NO_PASSWORD) this.warn('password_reset', record);
    if (value !== FAULT) return value;
    const found = isEmpty ? 'is null and is required' : 'is missing and is required';
    return this.fault(record, names[0] as string, found, CORRECT_AND_DUMP);
  }

  private fault({ entity, pk, number }: LegacyRecord, field: string, message: string, remedy: string): null {
    this.findings.fault({
      record: number ?? null,
      model: this.models[entity],
      pk: pk ?? null,
      field,
      message: `${field} ${message}`,
      remedy,
    });
    return null;
  }

  private warn(code: FindingCode, record: LegacyRecord): void {
    this.findings.warn(code, `${this.models[record.entity]} ${recordName(record)}`);
  }

  private describe(record: LegacyRecord, row: StagedRow): void {
    const { fields } = record;
    if (!row.date_joined) this.warn('join_time_unknown', record);
    if ((fields.is_superuser || fields.is_staff) && row.role !== null && row.role !== 'manager') {
      this.warn('staff_not_manager', record);
    }
    if (fields.first_name || fields.last_name) this.warn('names_dropped', record);
    if ([fields.groups, fields.user_permissions].some((list) => Array.isArray(list) && list.length > 0)) {
      this.warn('groups_dropped', record);
    }
  }
}

/** Names a record by its id, or by its name where it was dumped without an id. */
function recordName({ pk, fields }: LegacyRecord): string {
  const name = pk ?? fields.username ?? fields.name;
  return typeof name === 'string' || typeof name === 'number' ? String(name).slice(0, MAX_SHOWN_NAME) : 'without an id';
}
