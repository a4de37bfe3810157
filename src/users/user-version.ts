import { type VersionedRecord } from '../audit/record-history/version-precondition.js';
import { auditMetadataOf } from '../core/persistence/audited.decorator.js';
import { User } from './user.entity.js';

/** Audited fields that no answer shows. */
const UNSHOWN = ['requested_timezone', 'second_factor_since'];
const FIELDS = Object.values(auditMetadataOf(User).fields).filter((field) => !UNSHOWN.includes(field));

/** A locked user, for a conditional change. @param isVisible false where the actor cannot read the user */
export const versionedUser = ({ id, version }: User, isVisible = true): VersionedRecord => ({
  type: auditMetadataOf(User).type,
  id,
  version,
  label: `User ${id}`,
  fields: isVisible ? FIELDS : [],
});
