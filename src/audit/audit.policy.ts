import { ALL, NONE, policy, type Condition, type PolicySubject } from '../core/authorization/policy.js';
import { VisibleRecords } from '../core/authorization/visible-records.sql.js';
import { reserveAuditTypes, typesReadableBy } from '../core/persistence/audited.decorator.js';
import { type LoggedRequest } from './request-log/request-log.entity.js';
import { type AuditEntry } from './audit-entry.entity.js';

export type AuditEntryAttributes = Pick<AuditEntry, 'entityType'> & Partial<Pick<AuditEntry, 'entityId'>>;
export type LoggedRequestAttributes = Pick<LoggedRequest, 'userId'>;

/** Columns of the attributes in SQL; queries alias both tables as `a`. */
export const ENTRY_POLICY_COLUMNS = Object.freeze({ entityType: 'a.entity_type', entityId: 'a.entity_id' } as const);
export const REQUEST_POLICY_COLUMNS = Object.freeze({ userId: 'a.user_id' } as const);

// An extension that took one of these could open it to managers.
reserveAuditTypes(['access', 'audit', 'entry', 'import', 'request_log', 'sample_data']);

/** Hides the entries of records that the actor does not see. */
export const ENTRIES_OF_SHOWN_RECORDS = { id: 'entityId', type: 'entityType' } as const;

/**
 * Contract, section 6: auditors read everything, managers what concerns their team's tasks, and records of extensions that
 * are opened to them (`@Audited`).
 */
export const readableEntries = policy<AuditEntryAttributes>(
  'read the audit trail',
  (subject) => {
    if (subject.role === 'auditor') return ALL;
    return subject.role === 'manager' ? [...TEAM_TYPES.map(ofType), ...openedTo(subject)] : NONE;
  },
  ENTRIES_OF_SHOWN_RECORDS,
);

const TEAM_TYPES = ['task', 'tag'];
const ofType = (entityType: string) => ({ entityType });

const openedTo = (subject: PolicySubject): Condition<AuditEntryAttributes>[] =>
  typesReadableBy(subject).map(({ type, visible }) => {
    if (!visible) return ofType(type);
    const member = new VisibleRecords(visible, 'entityId', subject);
    return { ...ofType(type), [member.name]: member };
  });

/**
 * Limited to auditors: requests concern sessions and users, not tasks. Their bodies quote records, so an auditor from whom
 * an extension keeps some reads no more than their own.
 */
export const readableRequests = policy<LoggedRequestAttributes>(
  'read the request log',
  ({ id, role, narrowings = [] }) => {
    if (role !== 'auditor') return NONE;
    return narrowings.some((narrowing) => narrowing.hidden().length > 0) ? [{ userId: id }] : ALL;
  },
);
