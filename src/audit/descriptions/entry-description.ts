import { extensionSentence } from './action-sentences.js';
import { describeChanges } from './field-clauses.js';
import {
  choice,
  fieldValue,
  formatInstant,
  formatList,
  quoteUnlessWord,
  operationLabel,
  formatValue,
  recordReference,
  recordLabel,
  userName,
  actorLabel,
  humanize,
  type DescribableEntry,
} from './wording.js';

type Sentence = (entry: DescribableEntry) => string;

const after = ({ changes }: DescribableEntry, field: string): unknown => changes[field]?.[1] ?? null;
const sentence =
  (what: (entry: DescribableEntry) => string): Sentence =>
  (entry) =>
    `${actorLabel(entry)} ${what(entry)}`;
/** Describes the changed fields; states only that there was a change where no field has a clause. */
const changes = sentence((entry) => describeChanges(entry) || `changed ${recordLabel(entry)}`);

/** Clauses by the reason for which a session ended. */
const SESSION_ENDS: Readonly<Record<string, string>> = {
  logout: 'signed out',
  logout_all: 'signed out of a session, as of all others',
  device_replaced: 'signed in again on a device, which ended its earlier session',
  session_replaced: 'signed in on one device too many, which ended the session that was not used for longest',
  token_reused: 'lost a session, since its refresh token was used twice',
  ended_by_user: 'ended a session',
  password_changed: 'ended a session by a change of password',
  password_reset: 'ended a session by a new password',
  second_factor_enabled: 'ended a session that was opened without the second factor',
  second_factor_reset: 'ended a session with the reset of the second factor',
};

/** Sentences by action. Those of extensions are declared by `describeActions`; others fall back to `describeUnknownAction`. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  'task.created': sentence((entry) => {
    const deadline = after(entry, 'deadline');
    const due = deadline === null ? '' : `, due ${formatInstant(deadline)} (UTC)`;
    return `created ${recordLabel(entry)} for ${userName(entry, after(entry, 'assigned_to'))}${due}`;
  }),
  'task.imported': sentence((entry) => `imported ${recordLabel(entry)}`),
  'task.updated': changes,
  'task.status_cascaded': (entry) => `${changes(entry)}, which followed from a change of a related task`,
  'task.escalated': (entry) => `${changes(entry)}, since its deadline is near`,
  'task.deadline_warned': sentence(
    (entry) => `warned that ${recordLabel(entry)} is due ${formatInstant(after(entry, 'deadline_warning'))} (UTC)`,
  ),
  'task.deleted': sentence((entry) => `deleted ${recordLabel(entry)}`),
  'task.restored': sentence((entry) => `restored ${recordLabel(entry)}`),
  'tasks.exported': sentence((entry) => `exported tasks as CSV${filterClause(entry)}`),
  'tag.created': sentence((entry) => `created ${recordLabel(entry)}`),
  'tag.imported': sentence((entry) => `imported ${recordLabel(entry)}`),
  'tag.updated': changes,
  'tag.deleted': sentence((entry) => `deleted ${recordLabel(entry)}`),
  'user.registered': sentence(() => 'signed up'),
  'user.created': sentence(
    (entry) => `created the account of ${recordLabel(entry)} as ${choice(after(entry, 'role'))}`,
  ),
  'user.imported': sentence((entry) => `imported the account of ${recordLabel(entry)}`),
  'user.email_verified': sentence((entry) => {
    const address = after(entry, 'email');
    return address === null
      ? 'verified the e-mail address'
      : `verified the new e-mail address ${quoteUnlessWord(address)}`;
  }),
  'user.logged_in': sentence(
    (entry) => `signed in${after(entry, 'password_kind') === null ? '' : ', which renewed the hash of the password'}`,
  ),
  'user.login_failed': (entry) => {
    const account = entry.entity_name === null ? 'with an unknown name' : `as ${quoteUnlessWord(entry.entity_name)}`;
    const code = after(entry, 'code');
    return `Someone failed to sign in ${account}${code === null ? '' : ` (${humanize(String(code))})`}`;
  },
  'user.login_challenged': (entry) =>
    `So many sign-ins failed that a question comes first, judged by ${quoteUnlessWord(after(entry, 'challenged'))}`,
  'user.password_changed': sentence(() => 'changed the password'),
  'user.password_reset': sentence((entry) => `set a new password of ${recordLabel(entry)} by a link that was mailed`),
  'user.second_factor_begun': sentence(() => 'began to set up a second factor'),
  'user.second_factor_enabled': sentence(() => 'switched on the second factor'),
  'user.second_factor_disabled': sentence(() => 'switched off the second factor'),
  'user.second_factor_reset': sentence((entry) => `reset the second factor of ${recordLabel(entry)}`),
  'user.recovery_code_used': sentence(
    (entry) => `used a recovery code in place of the second factor; ${String(after(entry, 'recovery_codes'))} are left`,
  ),
  'user.recovery_codes_replaced': sentence(() => 'replaced the recovery codes'),
  'user.role_changed': changes,
  'user.enabled': changes,
  'user.disabled': changes,
  'user.updated': changes,
  'user.deleted': sentence((entry) => `deleted the account of ${recordLabel(entry)}`),
  'session.created': sentence(() => 'opened a session'),
  'session.refreshed': sentence(() => 'renewed a session'),
  'session.ended': sentence((entry) => {
    const reason = String(after(entry, 'end_reason'));
    return SESSION_ENDS[reason] ?? `ended session ${entry.entity_id} (${humanize(reason)})`;
  }),
  'email_verification.created': sentence(
    (entry) => `was sent a link to verify ${quoteUnlessWord(after(entry, 'email'))}`,
  ),
  'email_verification.updated': sentence(
    (entry) => `spelled the address to verify ${quoteUnlessWord(after(entry, 'email'))}`,
  ),
  'email_verification.superseded': sentence(() => 'made an earlier link of verification void'),
  'email_verification.used': sentence(() => 'used the link of verification'),
  'password_reset.created': sentence(
    (entry) => `was mailed a link to ${quoteUnlessWord(after(entry, 'email'))} to set a new password`,
  ),
  'password_reset.superseded': sentence(() => 'made an earlier link for a new password void'),
  'password_reset.used': sentence(() => 'used the link for a new password'),
  'key.introduced': sentence(
    (entry) =>
      `introduced the key ${quoteUnlessWord(after(entry, 'key_id'))}, which signs the audit trail from then on`,
  ),
  'sample_data.created': sentence((entry) => `created sample data of ${formatValue(after(entry, 'tasks'))} tasks`),
  'import.completed': sentence((entry) => `imported records from ${formatValue(after(entry, 'source'))}`),
  'access.refused': sentence((entry) => {
    const record = after(entry, 'record');
    const times = after(entry, 'times');
    const on = record === null ? '' : ` on ${recordReference(record)}`;
    const often = times === null ? '' : `, ${quoteUnlessWord(times)} times within a minute`;
    return `was refused ${operationLabel(after(entry, 'operation'))}${on} (${humanize(String(after(entry, 'code')))})${often}`;
  }),
  'redaction.requested': sentence((entry) => `asked for ${redactedFields(entry)} to be redacted`),
  'redaction.approved': sentence((entry) => `approved ${recordLabel(entry)}`),
  'redaction.declined': sentence((entry) => `declined ${recordLabel(entry)}`),
  'redaction.repeated': sentence(
    (entry) =>
      `approved ${recordLabel(entry)} (${redactedFields(entry)}) again after a restore, since ${formatValue(after(entry, 'requested_by'))} had ` +
      `asked for it and ${formatValue(after(entry, 'approved_by'))} had approved it`,
  ),
  'redaction.lapsed': (entry) =>
    `${actorLabel(entry)} let ${recordLabel(entry)} lapse by a change of the account that it depended on`,
  'entry.redacted': sentence((entry) => {
    const of = entry.entity_id === null ? '' : ` of audit ${recordLabel(entry)}`;
    return `redacted ${redactedFields(entry)}${of}, as ${formatValue(after(entry, 'requested_by'))} had asked${approverClause(entry)}`;
  }),
  'audit.read': sentence((entry) => `read ${sourceLabel(entry)}${filterClause(entry)}`),
  'audit.exported': sentence((entry) => `exported ${sourceLabel(entry)}${filterClause(entry)}`),
};

/** Names the approver of a redaction where that is not the actor. */
function approverClause(entry: DescribableEntry): string {
  const name = after(entry, 'approved_by');
  return name === null || name === entry.actor_name ? '' : ` and ${formatValue(name)} had approved`;
}

/** Describes an entry in one sentence. Times are in UTC. */
export function describeEntry(entry: DescribableEntry): string {
  return SENTENCES[entry.action]?.(entry) ?? extensionSentence(entry) ?? describeUnknownAction(entry);
}

/** Describes an action without a sentence of its own: `asha amended study "ASTER-2": changed its phase from 1 to 2`. */
function describeUnknownAction(entry: DescribableEntry): string {
  const verb = humanize(entry.action.slice(entry.action.indexOf('.') + 1));
  const fields = Object.entries(entry.changes).map(([field, [old, now]]) =>
    old === null
      ? `${humanize(field)} ${fieldValue(entry, field, now)}`
      : `${humanize(field)} from ${fieldValue(entry, field, old)} to ${fieldValue(entry, field, now)}`,
  );
  const details = fields.length > 0 ? `: ${fields.join(', ')}` : '';
  return verb.includes(' ')
    ? `${actorLabel(entry)}: ${verb}, ${recordLabel(entry)}${details}`
    : `${actorLabel(entry)} ${verb} ${recordLabel(entry)}${details}`;
}

/** Names of what an operation reads. */
const SOURCES: Readonly<Record<string, string>> = {
  'GET /api/audit/entries': 'the audit trail',
  'GET /api/audit/entries/export': 'the audit trail',
  'GET /api/audit/requests': 'the request log',
  'GET /api/audit/requests/export': 'the request log',
  'GET /api/audit/evidence': 'evidence of the audit trail',
  'GET /api/audit/redactions': 'the list of redactions',
  'GET /api/tasks': 'the list of tasks',
  'GET /api/auth/users': 'the list of users',
};

function sourceLabel(entry: DescribableEntry): string {
  const operation = String(after(entry, 'operation'));
  const record = after(entry, 'record');
  if (record === null) return SOURCES[operation] ?? operationLabel(operation);
  return operation.startsWith('GET /api/audit/entities/')
    ? `the life of ${recordReference(record)}`
    : recordReference(record);
}

/** Lists the fields that a redaction removes. */
function redactedFields(entry: DescribableEntry): string {
  const fields = [after(entry, 'fields')].flat().map((field) => {
    const [, name = '', side] = /^(.*?)(?:\.(before|after))?$/s.exec(String(field)) ?? [];
    return side ? `${humanize(name)} (${side})` : humanize(name);
  });
  const of = after(entry, 'entry');
  return `${formatList(fields)}${of === null ? '' : ` of audit entry ${formatValue(of)}`}`;
}

/** Keeps `***`, the mask of values that are not shown. */
const filterValue = (value: unknown): string => (value === '***' ? value : quoteUnlessWord(value));

function filterClause(entry: DescribableEntry): string {
  const query = after(entry, 'query') as Record<string, unknown> | null;
  const pairs = Object.entries(query ?? {}).map(
    ([name, value]) => `${quoteUnlessWord(name)}=${[value].flat().map(filterValue).join(',')}`,
  );
  return pairs.length > 0 ? ` where ${pairs.join(', ')}` : '';
}
