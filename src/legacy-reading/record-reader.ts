import { ROLES } from '../core/actor.js';
import { PRIORITIES, STATUSES } from '../tasks/task.entity.js';
import { address, blankAsNull, flag, hours, id, instant, oneOf, passwordHash, Unfit } from './field-readers.js';
import { text, username, zone, type Reader } from './field-readers.js';
import { type FindingCode, type ImportFindings } from './import-findings.js';
import { type Entity, type LegacyRecord, type LegacySource } from './legacy-source.js';

const FAULT = Symbol('a fault');
const TYPES = ['status_change', 'deadline_warning', 'task_assigned', 'task_unassigned', 'priority_escalated'];

interface Field {
  readonly read: Reader;
  /** Under which the replaced systems have it: the first that has a value counts. */
  readonly names: readonly string[];
  /** What stands for it where there is no such field, and where there is no value. */
  readonly missing: unknown;
  readonly empty: unknown;
}

type Fields = Readonly<Record<string, Field>>;

const required = (read: Reader, ...names: string[]): Field => ({ read, names, missing: FAULT, empty: FAULT });
const optional = (read: Reader, ...names: string[]): Field => ({ read, names, missing: null, empty: null });
const either = (value: unknown, read: Reader, name: string): Field => ({
  ...{ read, names: [name] },
  ...{ missing: value, empty: value },
});
/** For a column that an older version of the replaced system did not have. */
const since = (value: string, read: Reader, name: string): Field => ({ ...required(read, name), missing: value });

/** Column of the staging table → where it comes from. */
const FIELDS: Readonly<Record<Entity, Fields>> = {
  user: {
    username: required(username, 'username'),
    email: required(address, 'email'),
    hashed_password: required(passwordHash, 'password', 'hashed_password'),
    role: since('developer', oneOf(ROLES), 'role'),
    timezone: since('Asia/Kolkata', zone, 'timezone'),
    email_verified: either(false, flag, 'email_verified'),
    is_active: either(true, flag, 'is_active'),
    last_login: optional(instant, 'last_login'),
    date_joined: optional(instant, 'date_joined', 'created_at'),
    created_at: optional(instant, 'created_at', 'date_joined'),
  },
  tag: { name: required(text(50), 'name') },
  task: {
    title: required(text(255), 'title'),
    description: either('', text(Infinity, 'blank'), 'description'),
    status: required(oneOf(STATUSES), 'status'),
    priority: required(oneOf(PRIORITIES), 'priority'),
    assignee: required(id(), 'assigned_to', 'assigned_to_id'),
    creator: required(id(), 'created_by', 'created_by_id'),
    parent: optional(id(), 'parent_task', 'parent_task_id'),
    estimated_hours: required(hours, 'estimated_hours'),
    actual_hours: optional(hours, 'actual_hours'),
    deadline: required(instant, 'deadline'),
    priority_escalated: either(false, flag, 'priority_escalated'),
    created_at: required(instant, 'created_at'),
    updated_at: optional(instant, 'updated_at', 'created_at'),
  },
  link: { task: required(id(), 'task', 'task_id'), tag: required(id(), 'tag', 'tag_id') },
  history: {
    task: required(id(), 'task', 'task_id'),
    action: required(text(100), 'action'),
    from_status: optional(blankAsNull(oneOf(STATUSES)), 'from_status'),
    to_status: optional(blankAsNull(oneOf(STATUSES)), 'to_status'),
    timestamp: required(instant, 'timestamp'),
  },
  notification: {
    user: required(id(), 'user', 'user_id'),
    task: optional(id(), 'task', 'task_id'),
    message: required(text(Infinity, 'blank'), 'message'),
    notification_type: required(oneOf(TYPES), 'notification_type'),
    read: either(false, flag, 'read'),
    is_delivered: either(false, flag, 'is_delivered'),
    created_at: required(instant, 'created_at'),
  },
};

/** Read only to tell what is not brought over. */
const TOLD = ['is_superuser', 'is_staff', 'first_name', 'last_name'];

/** Every name under which a field of the entity may be found. */
export function knownNames(entity: Entity): string[] {
  return [
    ...new Set([...Object.values(FIELDS[entity]).flatMap(({ names }) => names), ...(entity === 'user' ? TOLD : [])]),
  ];
}

/** The fields that cannot do without, where a source has none of their names. */
export function missingNames(entity: Entity, present: readonly string[]): string[] {
  return Object.values(FIELDS[entity])
    .filter(({ missing, names }) => missing === FAULT && !names.some((name) => present.includes(name)))
    .map(({ names }) => names.join(' or '));
}

/** A row of a staging table. What could not be read is null in it. */
export type StagedRow = Record<string, unknown>;

/** Reads records of one source, and collects what is wrong with them. */
export class RecordReader {
  constructor(
    private readonly models: LegacySource['models'],
    private readonly findings: ImportFindings,
  ) {}

  /** @returns undefined where the record's own id cannot be read: nothing can refer to it then */
  row(record: LegacyRecord): StagedRow | undefined {
    const { entity, fields } = record;
    const row: StagedRow = {};
    if (entity !== 'link')
      row.pk = this.value(record, 'pk', record.pk, id(entity === 'history' ? 2 ** 53 - 1 : undefined));
    for (const [column, field] of Object.entries(FIELDS[entity])) {
      const name = field.names.find((each) => fields[each] !== undefined && fields[each] !== null);
      row[column] = name ? this.value(record, name, fields[name], field.read) : this.standIn(record, field);
    }
    if (entity === 'user') this.tell(record, row);
    return row.pk === null ? undefined : row;
  }

  /** The tags of a task that come with it, as Django dumps them. */
  links({ entity, pk, fields }: LegacyRecord): StagedRow[] {
    if (entity !== 'task' || fields.tags === undefined || fields.tags === null) return [];
    const tags = Array.isArray(fields.tags) ? fields.tags : [fields.tags];
    const record = { entity, pk, fields };
    return [...new Set(tags.map((tag) => this.value(record, 'tags', tag, id())))]
      .filter((tag) => tag !== null)
      .map((tag) => ({ task: pk, tag }));
  }

  private value(record: LegacyRecord, name: string, value: unknown, read: Reader): unknown {
    try {
      return read(value, (code) => this.see(code, record));
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      return this.fault(record, name, error.message);
    }
  }

  private standIn(record: LegacyRecord, { names, missing, empty }: Field): unknown {
    const value = names.some((name) => record.fields[name] === null) ? empty : missing;
    return value === FAULT ? this.fault(record, names[0] as string, 'is required') : value;
  }

  private fault({ entity, pk }: LegacyRecord, field: string, message: string): null {
    this.findings.fault({ model: this.models[entity], pk: pk ?? null, field, message: `${field} ${message}` });
    return null;
  }

  private see(code: FindingCode, { entity, pk }: LegacyRecord): void {
    this.findings.see(code, `${this.models[entity]} ${String(pk)}`);
  }

  private tell(record: LegacyRecord, row: StagedRow): void {
    const { fields } = record;
    if (!row.date_joined) this.see('join_time_unknown', record);
    if ((fields.is_superuser || fields.is_staff) && row.role !== 'manager') this.see('staff_not_manager', record);
    if (fields.first_name || fields.last_name) this.see('names_dropped', record);
    if ([fields.groups, fields.user_permissions].some((list) => Array.isArray(list) && list.length > 0)) {
      this.see('groups_dropped', record);
    }
  }
}
