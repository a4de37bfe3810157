import { ROLES } from '../../core/authorization/actor.js';
import { PRIORITIES, STATUSES } from '../../tasks/task.entity.js';
import {
  address,
  blankAsNull,
  composedText,
  flag,
  hours,
  id,
  instant,
  NO_PASSWORD,
  oneOf,
  passwordHash,
  reference,
  text,
  username,
  zone,
  type FieldReader,
} from './field-readers.js';
import { type Entity } from './legacy-source.js';

/** Stands for the value of a field that must be there. */
export const FAULT = Symbol('a fault');
const TYPES = ['status_change', 'deadline_warning', 'task_assigned', 'task_unassigned', 'priority_escalated'];

/** Reader of one field of a record. */
export interface Field {
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
export const FIELDS: Readonly<Record<Entity, Fields>> = {
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
  tag: { name: required(composedText(50), 'name') },
  task: {
    title: required(composedText(255), 'title'),
    description: either('', composedText(Infinity, 'blank'), 'description'),
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
