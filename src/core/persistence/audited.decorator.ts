import 'reflect-metadata';
import { valuesEqual } from './column-values.js';

const AUDITED = Symbol('ctms:audited');

/** Changed fields, each `[before, after]`; null where there was, or is, no value. */
export type Changes = Record<string, readonly [unknown, unknown]>;

export interface AuditMetadata {
  /** Entity type in the audit trail, such as `task`. */
  readonly type: string;
  /** Allow-list: property of the entity → name of the field in the trail. Other properties are never recorded. */
  readonly fields: Readonly<Record<string, string>>;
  /** Property that names a record to people, such as `title`; copied into each entry. */
  readonly nameProperty?: string | undefined;
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

/**
 * Makes an entity writable through the unit of work: declares its type in the audit trail and the fields that may be
 * recorded.
 */
export function Audited(type: string, fields: AuditMetadata['fields'], nameProperty?: string): ClassDecorator {
  return (target) => Reflect.defineMetadata(AUDITED, { type, fields, nameProperty } satisfies AuditMetadata, target);
}

/** Returns the human-readable name of a row; the old one, where the change renames it. */
export function nameOf({ nameProperty }: AuditMetadata, before: object | null, after: object | null): string | null {
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

function valueOf(row: object | null, property: string): unknown {
  return (row as Record<string, unknown> | null)?.[property] ?? null;
}
