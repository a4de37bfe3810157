import 'reflect-metadata';
import { NONE, type Policy, type PolicySubject, type Scope } from '../authorization/policy.js';
import { type RecordVisibility } from '../authorization/visible-records.sql.js';
import { valuesEqual } from './column-values.js';

const AUDITED = Symbol('ctms:audited');
/** Matches names that may stand in a statement as they are. */
const IDENTIFIER = /^[a-z][a-z0-9_]*$/;

/** Changed fields, each `[before, after]`; null where there was, or is, no value. */
export type Changes = Record<string, readonly [unknown, unknown]>;

export interface AuditMetadata {
  /** Entity type in the audit trail, such as `task`. */
  readonly type: string;
  /** Allow-list: property of the entity → name of the field in the trail. Other properties are never recorded. */
  readonly fields: Readonly<Record<string, string>>;
  /** Property that names a record to people, such as `title`; copied into each entry. */
  readonly nameProperty?: string | undefined;
  readonly options: AuditedOptions;
}

/** Options of records of an extension. */
export interface AuditedOptions {
  /**
   * Policy that opens the entries of this type to managers, beside auditors, who read all; it covers all of them or none.
   * Default: none.
   */
  readonly readers?: Policy<object>;
  /** Leaves to these managers the entries of records that they may see; those of removed records stay with auditors. */
  readonly visible?: RecordVisibility;
  /** Fields of the trail that hold ids of other records: field → type, such as `{ monitor_id: 'user' }`. */
  readonly references?: Readonly<Record<string, string>>;
}

/** Audit entry before it is written. Actor, reason and time come from the principal and the transaction. */
export interface AuditEntryDraft {
  /** `entity.verb` in the past tense, such as `task.updated`. */
  readonly action: string;
  readonly entityType: string;
  readonly entityId: number | null;
  readonly entityVersion: number | null;
  /** Human-readable name of the record. */
  readonly entityName?: string | null;
  /** Time of the last change according to the record itself, such as `updated_at`. */
  readonly entityUpdatedAt?: Date | null;
  readonly changes: Changes;
}

/** Types by name; null for one without an entity. */
const declaredTypes = new Map<string, AuditMetadata | null>();

/** Reserves types of entries that belong to no entity, so that no entity can take one. */
export function reserveAuditTypes(types: readonly string[]): void {
  types.forEach((type) => declaredTypes.set(type, null));
}

/** Returns the metadata of every audited entity. */
export const auditedEntities = (): AuditMetadata[] => [...declaredTypes.values()].filter((each) => each !== null);

/**
 * Makes an entity writable through the unit of work: declares its type in the audit trail and the fields that may be
 * recorded.
 *
 * @param type of the records in the trail, such as `visit`; no other entity has it
 * @param fields property → name in the trail; what is not listed is never recorded
 * @param nameProperty property by which people know a record, such as `title`
 * @throws Error for a type that is taken, or readers that would see some entries of it only
 */
export function Audited(
  type: string,
  fields: AuditMetadata['fields'],
  nameProperty?: string,
  options: AuditedOptions = {},
): ClassDecorator {
  return (target) => {
    if (declaredTypes.has(type)) throw new Error(`The type "${type}" of the audit trail is taken`);
    assertOptions(type, fields, options);
    const metadata: AuditMetadata = { type, fields, nameProperty, options };
    declaredTypes.set(type, metadata);
    Reflect.defineMetadata(AUDITED, metadata, target);
  };
}

function assertOptions(type: string, fields: AuditMetadata['fields'], { readers, references = {} }: AuditedOptions) {
  for (const atWork of [true, false]) {
    const scope = readers?.({ id: 0, role: 'manager', atWork }) ?? NONE;
    if (scope.length > 0 && !coversAll(scope))
      throw new Error(`The readers of "${type}" must be allowed all of its entries, or none`);
  }
  const names = Object.values(fields);
  const wrong = Object.entries(references)
    .flat()
    .find((name) => !IDENTIFIER.test(name));
  if (wrong !== undefined) throw new Error(`"${wrong}" in the references of "${type}" is no name of a field or type`);
  const unknown = Object.keys(references).find((field) => !names.includes(field));
  if (unknown !== undefined) throw new Error(`"${unknown}" in the references of "${type}" is no field of it`);
}

const coversAll = (scope: Scope<object>): boolean => scope.some((condition) => Object.keys(condition).length === 0);

/** Returns the types whose entries an actor may read by the policies of their entities, each with what limits them. */
export function typesReadableBy(subject: PolicySubject): { type: string; visible: RecordVisibility | undefined }[] {
  return auditedEntities().flatMap(({ type, options }) =>
    options.readers && coversAll(options.readers(subject)) ? [{ type, visible: options.visible }] : [],
  );
}

/** Returns the human-readable name of a row; the old one, where the change renames it. */
function nameOf({ nameProperty }: AuditMetadata, before: object | null, after: object | null): string | null {
  const name = nameProperty && valueOf(before ?? after, nameProperty);
  return typeof name === 'string' ? name : null;
}

/** Returns the `@Audited` metadata of an entity. @throws without it, so that no write can go unrecorded */
export function auditMetadataOf(entity: object & { name?: string }): AuditMetadata {
  const metadata = Reflect.getMetadata(AUDITED, entity) as AuditMetadata | undefined;
  if (!metadata) throw new Error(`${entity.name ?? 'The entity'} is not @Audited, so it cannot be written`);
  return metadata;
}

/** Returns the value of a row by its field name in the trail; null where it has none. */
export function auditedValue({ fields }: AuditMetadata, row: object, name: string): unknown {
  const [property = ''] = Object.entries(fields).find(([, field]) => field === name) ?? [];
  return valueOf(row, property);
}

/** Returns the audited fields that differ between two images of a row. */
export function diff(metadata: AuditMetadata, before: object | null, after: object | null): Changes {
  const changes: Changes = {};
  for (const [property, name] of Object.entries(metadata.fields)) {
    const old = valueOf(before, property);
    const now = valueOf(after, property);
    if (!valuesEqual(old, now)) changes[name] = [old, now];
  }
  return changes;
}

/**
 * Drafts the audit entry of a changed row from its images before and after.
 *
 * @param also changes of the row that are stored in other tables
 */
export function auditEntryOf(
  metadata: AuditMetadata,
  verb: string,
  before: object | null,
  after: object | null,
  also?: Changes,
): AuditEntryDraft {
  const row = after ?? before;
  const updatedAt = valueOf(row, 'updatedAt');
  return {
    action: `${metadata.type}.${verb}`,
    entityType: metadata.type,
    entityId: valueOf(row, 'id') as number,
    entityVersion: valueOf(row, 'version') as number | null,
    entityName: nameOf(metadata, before, after),
    entityUpdatedAt: updatedAt instanceof Date ? updatedAt : null,
    changes: { ...diff(metadata, before, after), ...also },
  };
}

function valueOf(row: object | null, property: string): unknown {
  return (row as Record<string, unknown> | null)?.[property] ?? null;
}
