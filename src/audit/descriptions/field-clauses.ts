import {
  choice,
  formatInstant,
  formatList,
  named,
  formatValue,
  quoted,
  tagName,
  recordLabel,
  userName,
  humanize,
  type DescribableEntry,
} from './wording.js';

/** What is said of one changed field. `it` names the record: in full the first time, then as "it". */
type Clause = (it: Named, before: unknown, after: unknown, entry: DescribableEntry) => string;

class Named {
  constructor(
    readonly name: string,
    readonly first: boolean,
  ) {}

  toString(): string {
    return this.first ? this.name : 'it';
  }

  /** `the deadline of "Visit 4"`, later `its deadline`. */
  the(what: string): string {
    return this.first ? `the ${what} of ${this.name}` : `its ${what}`;
  }
}

/** By `before>after`, then by `>after`. */
const STATUS: Readonly<Record<string, (it: Named) => string>> = {
  'pending>in_progress': (it) => `started ${it}`,
  'blocked>in_progress': (it) => `resumed ${it}`,
  'completed>in_progress': (it) => `reopened ${it}`,
  'completed>pending': (it) => `reopened ${it} as pending`,
  '>completed': (it) => `completed ${it}`,
  '>blocked': (it) => `blocked ${it}`,
  '>pending': (it) => `put ${it} back to pending`,
};

const RANK = ['low', 'medium', 'high', 'critical'];

/** What is said of a field of a type, by `type.field`. Empty: another field says it already. */
const CLAUSES: Readonly<Record<string, Clause>> = {
  'task.status': (it, before, after) =>
    (STATUS[`${String(before)}>${String(after)}`] ?? STATUS[`>${String(after)}`])?.(it) ??
    `changed ${it.the('status')} from ${choice(before)} to ${choice(after)}`,
  'task.title': (it, _before, after) => `renamed ${it} to ${quoted(after)}`,
  'task.description': (it) => `rewrote ${it.the('description')}`,
  'task.priority': (it, before, after) =>
    `${RANK.indexOf(String(after)) > RANK.indexOf(String(before)) ? 'raised' : 'lowered'} ${it.the('priority')} from ${choice(before)} to ${choice(after)}`,
  'task.assigned_to': (it, before, after, entry) =>
    `handed ${it} from ${userName(entry, before)} to ${userName(entry, after)}`,
  'task.parent_task': (it, before, after) =>
    after === null
      ? `took ${it} out from under task ${formatValue(before)}`
      : `put ${it} under task ${formatValue(after)}`,
  'task.estimated_hours': (it, before, after) =>
    `changed ${it.the('estimate')} from ${formatValue(before)} to ${formatValue(after)} hours`,
  'task.actual_hours': (it, before, after) =>
    before === null
      ? `entered ${formatValue(after)} actual hours of ${it}`
      : `changed ${it.the('actual hours')} from ${formatValue(before)} to ${formatValue(after)}`,
  'task.deadline': (it, before, after) =>
    `moved ${it.the('deadline')} from ${formatInstant(before)} to ${formatInstant(after)} (UTC)`,
  'task.tags': tagged,
  'task.priority_escalated': () => '',
  'user.role': (it, before, after) => `changed ${it.the('role')} from ${choice(before)} to ${choice(after)}`,
  'user.timezone': (it, before, after) => `changed ${it.the('time zone')} from ${named(before)} to ${named(after)}`,
  'user.is_active': (it, _before, after) => (after ? `enabled the account of ${it}` : `disabled the account of ${it}`),
  'user.email': (it, before, after) => `changed ${it.the('e-mail address')} from ${named(before)} to ${named(after)}`,
  'user.email_verified': () => '',
  'user.last_login': () => '',
  'user.password_kind': (it) => `renewed the hash of ${it.the('password')}`,
  'tag.name': (it, _before, after) => `renamed ${it} to ${quoted(after)}`,
};

/** What a change did, field by field; empty where there is nothing to say. */
export function describeChanges(entry: DescribableEntry): string {
  const said: string[] = [];
  for (const [field, [before, after]] of Object.entries(entry.changes)) {
    const it = new Named(recordLabel(entry), said.length === 0);
    const clause = CLAUSES[`${entry.entity_type}.${field}`];
    const text = clause ? clause(it, before, after, entry) : changed(it, humanize(field), before, after);
    if (text) said.push(text);
  }
  return formatList(said);
}

const changed = (it: Named, what: string, before: unknown, after: unknown): string =>
  `changed ${it.the(what)} from ${formatValue(before)} to ${formatValue(after)}`;

function tagged(it: Named, before: unknown, after: unknown, entry: DescribableEntry): string {
  const [had, has] = [asList(before), asList(after)];
  const added = has.filter((tag) => !had.includes(tag)).map((tag) => tagName(entry, tag));
  const taken = had.filter((tag) => !has.includes(tag)).map((tag) => tagName(entry, tag));
  return formatList([
    ...(added.length > 0 ? [`tagged ${it} with ${formatList(added)}`] : []),
    ...(taken.length > 0 ? [`took the tag ${formatList(taken)} off ${added.length > 0 ? 'it' : it}`] : []),
  ]);
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
