import 'reflect-metadata';
import { valuesEqual } from './column-values.js';

const AUDITED = Symbol('ctms:recorded');

/** Field by field, `[before, after]`; null where there was, or is, no value. */
export type Changes = Record<string, readonly [unknown, unknown]>;

export interface AuditMetadata {
  /** The name of the entity in the audit trail, such as `task`. */
  readonly type: string;
  /** Allow-list: property of the entity → name of the field in the trail. What is not listed is never recorded. */
  readonly fields: Readonly<Record<string, string>>;
  /** The property by which people know a record, such as `title`; kept with each entry. */
  readonly nameProperty?: string | undefined;
}

/** One change, as the audit trail will say it. Who, why and when come from the author of the transaction. */
export interface AuditEntryDraft {
  /** `entity.verb` in the past tense, such as `task.updated`. */
  readonly action: string;
  readonly entityType: string;
  readonly entityId: number | null;
  readonly entityVersion: number | null;
  /** The name that people know the record by. */
  readonly entityName?: string | null;
  /** What the record itself says of the time of its last change, such as `updated_at`. */
  readonly entityUpdatedAt?: Date | null;
  readonly changes: Changes;
}

/** Makes an entity writable through `change`: says how the audit trail names it and which fields it may show. */
export function Audited(type: string, fields: AuditMetadata['fields'], nameProperty?: string): ClassDecorator {
  return (target) => Reflect.defineMetadata(AUDITED, { type, fields, nameProperty } satisfies AuditMetadata, target);
}

/** The name that people know a row by; as it was before, where the change gave it another. */
export function nameOf({ nameProperty }: AuditMetadata, before: object | null, after: object | null): string | null {
  const name = nameProperty && valueOf(before ?? after, nameProperty);
  return typeof name === 'string' ? name : null;
}

/** @throws if the entity is not `@Recorded`, so that no write can go unrecorded */
export function auditMetadataOf(entity: object & { name?: string }): AuditMetadata {
  const recording = Reflect.getMetadata(AUDITED, entity) as AuditMetadata | undefined;
  if (!recording) throw new Error(`${entity.name ?? 'The entity'} is not @Recorded, so it cannot be written`);
  return recording;
}

/** A value of a row by the name that it has in the trail; null where it has none. */
export function auditedValue({ fields }: AuditMetadata, row: object, name: string): unknown {
  const [property = ''] = Object.entries(fields).find(([, field]) => field === name) ?? [];
  return valueOf(row, property);
}

/** What differs between two images of a row, in the recorded fields. */
export function diff(recording: AuditMetadata, before: object | null, after: object | null): Changes {
  const changes: Changes = {};
  for (const [property, name] of Object.entries(recording.fields)) {
    const old = valueOf(before, property);
    const now = valueOf(after, property);
    if (!valuesEqual(old, now)) changes[name] = [old, now];
  }
  return changes;
}

function valueOf(row: object | null, property: string): unknown {
  return (row as Record<string, unknown> | null)?.[property] ?? null;
}
