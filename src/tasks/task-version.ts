import { type VersionedRecord } from '../audit/record-history/version-precondition.js';
import { auditMetadataOf } from '../core/persistence/audited.decorator.js';
import { Task } from './task.entity.js';

/** The fields of a task that its audit entries name; a deleted one is not found. */
const FIELDS = [...Object.values(auditMetadataOf(Task).fields).filter((field) => field !== 'deleted_at'), 'tags'];

/** A locked task, for a conditional change. */
export const versionedTask = ({ id, version }: Task): VersionedRecord => ({
  type: auditMetadataOf(Task).type,
  id,
  version,
  label: `Task ${id}`,
  fields: FIELDS,
});
