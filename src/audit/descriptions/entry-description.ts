import { describeChanges } from './field-clauses.js';
import {
  choice,
  formatInstant,
  formatList,
  named,
  operationName,
  formatValue,
  recordName,
  recordLabel,
  userName,
  actorLabel,
  humanize,
  type DescribableEntry,
} from './wording.js';

type Sentence = (entry: DescribableEntry) => string;

const after = ({ changes }: DescribableEntry, field: string): unknown => changes[field]?.[1] ?? null;
const does =
  (what: (entry: DescribableEntry) => string): Sentence =>
  (entry) =>
    `${actorLabel(entry)} ${what(entry)}`;
/** The change itself, or that there was one where it shows nothing. */
const changes = does((entry) => describeChanges(entry) || `changed ${recordLabel(entry)}`);

/** Why a session ended, by its reason. */
const ENDS: Readonly<Record<string, string>> = {
  logout: 'signed out',
  logout_all: 'signed out of a session, as of all others',
  device_replaced: 'signed in anew on a device, which ended its earlier session',
  session_replaced: 'signed in on one device too many, which ended the session that was not used for longest',
  token_reused: 'lost a session, since its refresh token was used twice',
  ended_by_user: 'ended a session',
  password_changed: 'ended a session by a change of password',
  password_reset: 'ended a session by a new password',
  second_factor_enabled: 'ended a session that was opened without the second factor',
  second_factor_reset: 'ended a session with the reset of the second factor',
};

/** What each action of the product says. Actions of extensions fall back to `generic`. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  'task.created': does((entry) => {
    const deadline = after(entry, 'deadline');
    const due = deadline === null ? '' : `, due ${formatInstant(deadline)} (UTC)`;
    return `created ${recordLabel(entry)} for ${userName(entry, after(entry, 'assigned_to'))}${due}`;
  }),
  'task.imported': does((entry) => `imported ${recordLabel(entry)}`),
  'task.updated': changes,
  'task.status_cascaded': (entry) => `${changes(entry)}, which followed from a change of a related task`,
  'task.escalated': (entry) => `${changes(entry)}, since its deadline is near`,
  'task.deadline_warned': does(
    (entry) => `warned that ${recordLabel(entry)} is due ${formatInstant(after(entry, 'deadline_warning'))} (UTC)`,
  ),
  'task.deleted': does((entry) => `deleted ${recordLabel(entry)}`),
  'tasks.exported': does((entry) => `exported tasks as CSV${filtered(entry)}`),
  'tag.created': does((entry) => `created ${recordLabel(entry)}`),
  'tag.imported': does((entry) => `imported ${recordLabel(entry)}`),
  'tag.updated': changes,
  'tag.deleted': does((entry) => `deleted ${recordLabel(entry)}`),
  'user.registered': does(() => 'signed up'),
  'user.created': does((entry) => `created the account of ${recordLabel(entry)} as ${choice(after(entry, 'role'))}`),
  'user.imported': does((entry) => `imported the account of ${recordLabel(entry)}`),
  'user.email_verified': does((entry) => {
    const address = after(entry, 'email');
    return address === null ? 'verified the e-mail address' : `verified the new e-mail address ${named(address)}`;
  }),
  'user.logged_in': does(
    (entry) => `signed in${after(entry, 'password_kind') === null ? '' : ', which renewed the hash of the password'}`,
  ),
  'user.login_failed': (entry) => {
    const account = entry.entity_name === null ? 'with an unknown name' : `as ${named(entry.entity_name)}`;
    const code = after(entry, 'code');
    return `Someone failed to sign in ${account}${code === null ? '' : ` (${humanize(String(code))})`}`;
  },
  'user.login_challenged': (entry) =>
    `So many sign-ins failed that a question comes first, judged by ${named(after(entry, 'challenged'))}`,
  'user.password_changed': does(() => 'changed the password'),
  'user.password_reset': does((entry) => `set a new password of ${recordLabel(entry)} by a link that was mailed`),
  'user.second_factor_begun': does(() => 'began to set up a second factor'),
  'user.second_factor_enabled': does(() => 'switched on the second factor'),
  'user.second_factor_disabled': does(() => 'switched off the second factor'),
  'user.second_factor_reset': does((entry) => `reset the second factor of ${recordLabel(entry)}`),
  'user.recovery_code_used': does(
    (entry) => `used a recovery code in place of the second factor; ${String(after(entry, 'recovery_codes'))} are left`,
  ),
  'user.recovery_codes_replaced': does(() => 'replaced the recovery codes'),
  'user.role_changed': changes,
  'user.enabled': changes,
  'user.disabled': changes,
  'user.updated': changes,
  'user.deleted': does((entry) => `deleted the account of ${recordLabel(entry)}`),
  'session.created': does(() => 'opened a session'),
  'session.refreshed': does(() => 'renewed a session'),
  'session.ended': does((entry) => {
    const reason = String(after(entry, 'end_reason'));
    return ENDS[reason] ?? `ended session ${entry.entity_id} (${humanize(reason)})`;
  }),
  'email_verification.created': does((entry) => `was sent a link to verify ${named(after(entry, 'email'))}`),
  'email_verification.superseded': does(() => 'made an earlier link of verification void'),
  'email_verification.used': does(() => 'used the link of verification'),
  'password_reset.created': does(
    (entry) => `was mailed a link to ${named(after(entry, 'email'))} to set a new password`,
  ),
  'password_reset.superseded': does(() => 'made an earlier link for a new password void'),
  'password_reset.used': does(() => 'used the link for a new password'),
  'key.introduced': does(
    (entry) => `introduced the key ${named(after(entry, 'key_id'))}, which signs the audit trail from then on`,
  ),
  'import.completed': does((entry) => `imported records from ${formatValue(after(entry, 'source'))}`),
  'access.refused': does((entry) => {
    const record = after(entry, 'record');
    const times = after(entry, 'times');
    const on = record === null ? '' : ` on ${recordName(record)}`;
    const often = times === null ? '' : `, ${named(times)} times within a minute`;
    return `was refused ${operationName(after(entry, 'operation'))}${on} (${humanize(String(after(entry, 'code')))})${often}`;
  }),
  'redaction.requested': does((entry) => `asked for ${taken(entry)} to be redacted`),
  'redaction.approved': does((entry) => `approved ${recordLabel(entry)}`),
  'redaction.declined': does((entry) => `declined ${recordLabel(entry)}`),
  'redaction.repeated': does(
    (entry) =>
      `approved ${recordLabel(entry)} (${taken(entry)}) again after a restore, since ${formatValue(after(entry, 'requested_by'))} had ` +
      `asked for it and ${formatValue(after(entry, 'approved_by'))} had approved it`,
  ),
  'redaction.lapsed': (entry) =>
    `${actorLabel(entry)} let ${recordLabel(entry)} lapse by a change of the account that it depended on`,
  'entry.redacted': does((entry) => {
    const of = entry.entity_id === null ? '' : ` of audit ${recordLabel(entry)}`;
    return `redacted ${taken(entry)}${of}, as ${formatValue(after(entry, 'requested_by'))} had asked${approver(entry)}`;
  }),
  'audit.read': does((entry) => `read ${source(entry)}${filtered(entry)}`),
  'audit.exported': does((entry) => `exported ${source(entry)}${filtered(entry)}`),
};

/** Whoever approved a redaction, where that is not the actor. */
function approver(entry: DescribableEntry): string {
  const name = after(entry, 'approved_by');
  return name === null || name === entry.actor_name ? '' : ` and ${formatValue(name)} had approved`;
}

/** What an entry says, in one sentence for people. Times are in UTC. */
export function describeEntry(entry: DescribableEntry): string {
  return (SENTENCES[entry.action] ?? generic)(entry);
}

/** For actions that are not known here: `asha amended study "ASTER-2": changed its phase from 1 to 2`. */
function generic(entry: DescribableEntry): string {
  const verb = humanize(entry.action.slice(entry.action.indexOf('.') + 1));
  const fields = Object.entries(entry.changes).map(([field, [old, now]]) =>
    old === null
      ? `${humanize(field)} ${formatValue(now)}`
      : `${humanize(field)} from ${formatValue(old)} to ${formatValue(now)}`,
  );
  const details = fields.length > 0 ? `: ${fields.join(', ')}` : '';
  return verb.includes(' ')
    ? `${actorLabel(entry)}: ${verb}, ${recordLabel(entry)}${details}`
    : `${actorLabel(entry)} ${verb} ${recordLabel(entry)}${details}`;
}

/** What was read, by the operation that reads it. */
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

function source(entry: DescribableEntry): string {
  const operation = String(after(entry, 'operation'));
  const record = after(entry, 'record');
  if (record === null) return SOURCES[operation] ?? operationName(operation);
  return operation.startsWith('GET /api/audit/entities/') ? `the life of ${recordName(record)}` : recordName(record);
}

/** The fields that are, or are to be, taken out of an entry. */
function taken(entry: DescribableEntry): string {
  const fields = [after(entry, 'fields')].flat().map((field) => {
    const [, name = '', side] = /^(.*?)(?:\.(before|after))?$/s.exec(String(field)) ?? [];
    return side ? `${humanize(name)} (${side})` : humanize(name);
  });
  const of = after(entry, 'entry');
  return `${formatList(fields)}${of === null ? '' : ` of audit entry ${formatValue(of)}`}`;
}

/** `***` stands for what is not shown. */
const filterValue = (value: unknown): string => (value === '***' ? value : named(value));

function filtered(entry: DescribableEntry): string {
  const query = after(entry, 'query') as Record<string, unknown> | null;
  const pairs = Object.entries(query ?? {}).map(
    ([name, value]) => `${named(name)}=${[value].flat().map(filterValue).join(',')}`,
  );
  return pairs.length > 0 ? ` where ${pairs.join(', ')}` : '';
}
