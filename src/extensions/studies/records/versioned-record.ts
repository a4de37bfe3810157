import { type VersionedRecord } from '../../../audit/record-history/version-precondition.js';
import { auditMetadataOf } from '../../../core/persistence/audited.decorator.js';

/** Describes a record to a conditional change; every field of the trail is one of its view. */
export function versionedRecord(
  entity: object,
  label: string,
  { id, version }: { readonly id: number; readonly version: number },
): VersionedRecord {
  const { type, fields } = auditMetadataOf(entity);
  return { type, id, version, label, fields: Object.values(fields) };
}
