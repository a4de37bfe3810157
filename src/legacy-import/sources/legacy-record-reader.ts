import { ROLES } from '../../core/authorization/actor.js';
import { PRIORITIES, STATUSES } from '../../tasks/task.entity.js';
import {
  address,
  blankAsNull,
  composed,
  CORRECT_AND_DUMP,
  flag,
  hours,
  id,
  instant,
  NaturalKey,
  naturalKey,
  NO_PASSWORD,
  oneOf,
  passwordHash,
  reference,
  text,
  InvalidValueError,
  username,
  zone,
  type FieldReader,
} from './field-readers.js';
import { type FindingCode, type ImportFindings } from './import-findings.js';
import { type Entity, type LegacyRecord, type LegacySource } from './legacy-source.js';

const FAULT = Symbol('a fault');
const MAX_SHOWN_NAME = 100;
const TYPES = ['status_change', 'deadline_warning', 'task_assigned', 'task_unassigned', 'priority_escalated'];

interface Field {
  readonly read: FieldReader;
  /** Names in the replaced systems: the first with a value counts. */
  readonly names: readonly string[];
  /** Value where the field is missing or empty. */
  readonly missing: unknown;
  readonly empty: unknown;
}

type Fields = Readonly<Record<string, Field>>;

const required = (read: FieldReader, ...names: string[]): Field => ({ read, names, missing: FAULT, empty: FAULT });
const optional = (read: FieldReader, ...names: string[]): Field => ({ read, names, missing: null, empty: null });
const either = (value: unknown, read: FieldReader, ...names: string[]): Field => ({
  read,
  names,
  missing: value,
  empty: value,
});
/** Describes a field that some projects lack or have in another model. */
const unlessElsewhere = (read: FieldReader, name: string): Field => ({ ...required(read, name), missing: null });

/** Fields of the source by column of the staging table. */
const FIELDS: Readonly<Record<Entity, Fields>> = {
  user: {
    username: required(username, 'username'),
    email: required(address, 'email'),
    hashed_password: either(NO_PASSWORD, passwordHash, 'password', 'hashed_password'),
    role: unlessElsewhere(oneOf(ROLES), 'role'),
    timezone: unlessElsewhere(zone, 'timezone'),
    email_verified: either(false, flag, 'email_verified'),
    is_active: either(true, flag, 'is_active'),
    last_login: optional(instant, 'last_login'),
    date_joined: optional(instant, 'date_joined', 'created_at'),
    created_at: optional(instant, 'created_at', 'date_joined'),
  },
  profile: {
    user: required(reference('user'), 'user', 'user_id'),
    role: optional(oneOf(ROLES), 'role'),
    timezone: optional(zone, 'timezone', 'time_zone'),
  },
  tag: { name: required(composed(text(50)), 'name') },
  task: {
    title: required(composed(text(255)), 'title'),
    description: either('', composed(text(Infinity, 'blank')), 'description'),
    status: required(oneOf(STATUSES), 'status'),
    priority: required(oneOf(PRIORITIES), 'priority'),
    assignee: required(reference('user'), 'assigned_to', 'assigned_to_id'),
    creator: required(reference('user'), 'created_by', 'created_by_id'),
    parent: optional(id(), 'parent_task', 'parent_task_id'),
    estimated_hours: required(hours, 'estimated_hours'),
    actual_hours: optional(hours, 'actual_hours'),
    deadline: required(instant, 'deadline'),
    priority_escalated: either(false, flag, 'priority_escalated'),
    created_at: required(instant, 'created_at'),
    updated_at: optional(instant, 'updated_at', 'created_at'),
  },
  link: { task: required(id(), 'task', 'task_id'), tag: required(reference('tag'), 'tag', 'tag_id') },
  history: {
    task: required(id(), 'task', 'task_id'),
    action: required(text(100), 'action'),
    from_status: optional(blankAsNull(oneOf(STATUSES)), 'from_status'),
    to_status: optional(blankAsNull(oneOf(STATUSES)), 'to_status'),
    timestamp: required(instant, 'timestamp'),
  },
  notification: {
    user: required(reference('user'), 'user', 'user_id'),
    task: optional(id(), 'task', 'task_id'),
    message: required(text(Infinity, 'blank'), 'message'),
    notification_type: required(oneOf(TYPES), 'notification_type'),
    read: either(false, flag, 'read'),
    is_delivered: either(false, flag, 'is_delivered'),
    created_at: required(instant, 'created_at'),
  },
};

/** Fields read only to report that they are not imported. */
const REPORTED_ONLY = ['is_superuser', 'is_staff', 'first_name', 'last_name'];

/** Returns every name of a field of the entity. */
export function knownNames(entity: Entity): string[] {
  return [
    ...new Set([
      ...Object.values(FIELDS[entity]).flatMap(({ names }) => names),
      ...(entity === 'user' ? REPORTED_ONLY : []),
    ]),
  ];
}

/** Returns the required fields of which a source has none of the names. */
export function missingNames(entity: Entity, present: readonly string[]): string[] {
  return Object.values(FIELDS[entity])
    .filter(({ missing, names }) => missing === FAULT && !names.some((name) => present.includes(name)))
    .map(({ names }) => names.join(' or '));
}

/** A row of a staging table. Values that could not be read are null. */
export type StagedRow = Record<string, unknown>;

/** Converts records of one source to staging rows, and collects findings. */
export class LegacyRecordReader {
  private readonly known = new Set<number>();
  private keys: NaturalKey[] = [];

  /** @param timeZone IANA zone of times without one */
  constructor(
    private readonly models: LegacySource['models'],
    private readonly findings: ImportFindings,
    private readonly timeZone = 'UTC',
  ) {}

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
