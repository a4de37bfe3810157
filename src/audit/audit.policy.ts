import { ALL, NONE, policy } from '../core/authorization/policy.js';
import { type LoggedRequest } from './request-log/request-log.entity.js';
import { type AuditEntry } from './audit-entry.entity.js';

export type AuditEntryAttributes = Pick<AuditEntry, 'entityType'>;
export type LoggedRequestAttributes = Pick<LoggedRequest, 'userId'>;

/** Columns of the attributes in SQL; queries alias both tables as `a`. */
export const ENTRY_POLICY_COLUMNS = { entityType: 'a.entity_type' } as const;
export const REQUEST_POLICY_COLUMNS = { userId: 'a.user_id' } as const;

/** Contract, section 6: auditors read everything, managers what concerns their team's tasks. */
export const readableEntries = policy<AuditEntryAttributes>(
  'read the audit trail',
  ({ role }) => ({ auditor: ALL, manager: [{ entityType: 'task' }, { entityType: 'tag' }], developer: NONE })[role],
);

/** Limited to auditors: requests concern sessions and users, not tasks. */
export const readableRequests = policy<LoggedRequestAttributes>('read the request log', ({ role }) =>
  role === 'auditor' ? ALL : NONE,
);
