import { foreignTags, tagOf, type VersionCondition } from '../../core/http/entity-tags.js';
import { CoreProblem } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { changesSinceSql, type FieldChange } from './changes-since.sql.js';

/** A locked record whose version a request may be conditional on. */
export interface VersionedRecord {
  /** Its type in the audit trail. */
  readonly type: string;
  readonly id: number;
  readonly version: number;
  /** Its name in sentences, such as `Task 7`. */
  readonly label: string;
  /** Fields of which the actor may know that they changed, by their names in the trail. */
  readonly fields: readonly string[];
}

/**
 * Asserts that `If-Match` names the version of a record.
 *
 * @throws Problem 412 `stale_version` with the fields that changed since, by whom and when; 412 `unknown_entity_tag`
 */
export async function assertVersionMatches(
  tx: AuditedTransaction,
  condition: VersionCondition | undefined,
  record: VersionedRecord,
): Promise<void> {
  const { version, label } = record;
  if (!condition || condition.versions.includes(version)) return;
  const foreign = foreignTags(condition);
  const extras = { current_version: version, headers: { ETag: tagOf(version) } };
  if (foreign) throw CoreProblem.unknown_entity_tag(foreign, extras);
  const changed = await changesSince(tx, record, condition.versions);
  const fields = changed.map(({ field }) => field).join(', ');
  const detail = `${label} has changed since you read it: it is at version ${version} now${fields && ` (changed: ${fields})`}. Read it again`;
  throw CoreProblem.stale_version(detail, { ...extras, changed_fields: changed });
}

/** Compares with the latest version that the client had; one that the record never had yields no changes. */
async function changesSince(
  tx: AuditedTransaction,
  { type, id, version, fields }: VersionedRecord,
  known: readonly number[],
): Promise<FieldChange[]> {
  const since = Math.max(...known.filter((candidate) => candidate < version));
  if (!Number.isFinite(since) || fields.length === 0) return [];
  const changes = await tx.query<FieldChange>(changesSinceSql(type, id, since, fields));
  return changes.sort((a, b) => fields.indexOf(a.field) - fields.indexOf(b.field));
}
