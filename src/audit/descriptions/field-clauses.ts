import {
  choice,
  fieldValue,
  formatInstant,
  formatList,
  quoteUnlessWord,
  formatValue,
  quoted,
  tagName,
  recordLabel,
  userName,
  humanize,
  type DescribableEntry,
} from './wording.js';

/** Describes one changed field. `it` names the record: in full the first time, then as "it". */
type Clause = (it: Reference, before: unknown, after: unknown, entry: DescribableEntry) => string;

class Reference {
  constructor(
    readonly name: string,
    readonly first: boolean,
  ) {}

  toString(): string {
    return this.first ? this.name : 'it';
  }

  /** Returns `the deadline of "Visit 4"`, and `its deadline` from the second time on. */
  the(what: string): string {
    return this.first ? `the ${what} of ${this.name}` : `its ${what}`;
  }
}

/** Clauses by `before>after`, then by `>after`. */
const STATUS: Readonly<Record<string, (it: Reference) => string>> = {
  'pending>in_progress': (it) => `started ${it}`,
  'blocked>in_progress': (it) => `resumed ${it}`,
  'completed>in_progress': (it) => `reopened ${it}`,
  'completed>pending': (it) => `reopened ${it} as pending`,
  '>completed': (it) => `completed ${it}`,
  '>blocked': (it) => `blocked ${it}`,
  '>pending': (it) => `put ${it} back to pending`,
};

const RANK = ['low', 'medium', 'high', 'critical'];

/** Clauses by `type.field`. An empty clause leaves the field to that of another one. */
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
  'task.tags': describeTags,
  'task.priority_escalated': () => '',
  'user.role': (it, before, after) => `changed ${it.the('role')} from ${choice(before)} to ${choice(after)}`,
  'user.timezone': (it, before, after) =>
    `changed ${it.the('time zone')} from ${quoteUnlessWord(before)} to ${quoteUnlessWord(after)}`,
  'user.is_active': (it, _before, after) => (after ? `enabled the account of ${it}` : `disabled the account of ${it}`),
  'user.email': (it, before, after) =>
    `changed ${it.the('e-mail address')} from ${quoteUnlessWord(before)} to ${quoteUnlessWord(after)}`,
  'user.email_verified': () => '',
  'user.last_login': () => '',
  'user.password_kind': (it) => `renewed the hash of ${it.the('password')}`,
  'tag.name': (it, _before, after) => `renamed ${it} to ${quoted(after)}`,
};

/** Describes a change field by field; empty where no field has a clause. */
export function describeChanges(entry: DescribableEntry): string {
  const clauses: string[] = [];
  for (const [field, [before, after]] of Object.entries(entry.changes)) {
    const it = new Reference(recordLabel(entry), clauses.length === 0);
    const clause = CLAUSES[`${entry.entity_type}.${field}`];
    const text = clause ? clause(it, before, after, entry) : describeAnyChange(it, field, before, after, entry);
    if (text) clauses.push(text);
  }
  return formatList(clauses);
}

const describeAnyChange = (
  it: Reference,
  field: string,
  before: unknown,
  after: unknown,
  entry: DescribableEntry,
): string =>
  `changed ${it.the(humanize(field))} from ${fieldValue(entry, field, before)} to ${fieldValue(entry, field, after)}`;

function describeTags(it: Reference, before: unknown, after: unknown, entry: DescribableEntry): string {
  const had = asList(before);
  const has = asList(after);
  const added = has.filter((tag) => !had.includes(tag)).map((tag) => tagName(entry, tag));
  const removed = had.filter((tag) => !has.includes(tag)).map((tag) => tagName(entry, tag));
  return formatList([
    ...(added.length > 0 ? [`tagged ${it} with ${formatList(added)}`] : []),
    ...(removed.length > 0 ? [`took the tag ${formatList(removed)} off ${added.length > 0 ? 'it' : it}`] : []),
  ]);
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
