import { type Principal } from '../authorization/actor.js';
import { CoreProblem } from '../http/problem.js';
import { type AuditEntryDraft } from './audited.decorator.js';

/**
 * Rule for what needs a reason: an action (`task.deleted`), or the change of a field of an existing record
 * (`task.deadline`); with a condition, only of records that met it before (`task.deadline[status=completed]`).
 */
export interface ReasonRule {
  readonly name: string;
  readonly only?: { readonly field: string; readonly value: string };
}

/** Regulated operation that a transaction performed, and its record. */
export interface ReasonRequirement {
  readonly name: string;
  /** Entity type and id; names of records are not for everyone. */
  readonly record: string;
  /** True where any text is accepted: the operation itself needs a reason, no configured rule. */
  readonly anyReason?: true;
}

const RULE_PATTERN = /^(?<name>[a-z_]+\.[a-z_]+)(?:\[(?<field>[a-z_]+)=(?<value>[^[\]=]+)\])?$/;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;
/** Scripts without blanks between words. */
const UNSPACED_SCRIPT = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]{2}/u;
const MAX_NAMED_RECORDS = 3;

export const isReasonRule = (text: string): boolean => RULE_PATTERN.test(text);

/** @param text such as `task.deleted` or `task.deadline[status=completed]` */
export function parseReasonRule(text: string): ReasonRule {
  const { name = text, field, value } = RULE_PATTERN.exec(text)?.groups ?? {};
  return field && value ? { name, only: { field, value } } : { name };
}

/** True where a rule depends on the value that a field of a record of this type had before. */
export const isJudgedByRules = (rules: readonly ReasonRule[], entityType: string, field: string | undefined): boolean =>
  rules.some(({ name, only }) => only !== undefined && only.field === field && name.startsWith(`${entityType}.`));

/**
 * Returns the regulated operations of a change, each once.
 *
 * @param valueBefore returns a field before the change; undefined where there was no such record
 */
export function reasonRequirementsFor(
  rules: readonly ReasonRule[],
  { action, entityType, entityId, changes }: AuditEntryDraft,
  valueBefore?: (field: string) => unknown,
): ReasonRequirement[] {
  if (rules.length === 0) return [];
  const changed = valueBefore ? Object.keys(changes).map((field) => `${entityType}.${field}`) : [];
  const operations = new Set([action, ...changed]);
  const isMet = (only: ReasonRule['only']) => !only || String(valueBefore?.(only.field)) === only.value;
  const matched = rules.filter(({ name, only }) => operations.has(name) && isMet(only));
  const record = entityId === null ? entityType : `${entityType} ${entityId}`;
  return [...new Set(matched.map(({ name }) => name))].map((name) => ({ name, record }));
}

/**
 * Returns the requirements of a change that always needs a reason: one for each changed field of a record, or that of the
 * action where a record is created or deleted, or no field shows the change.
 */
export function reasonRequirementsForFields(
  { action, entityType, entityId, changes }: AuditEntryDraft,
  valueBefore?: (field: string) => unknown,
): ReasonRequirement[] {
  const record = entityId === null ? entityType : `${entityType} ${entityId}`;
  const changed = valueBefore ? Object.keys(changes).map((field) => `${entityType}.${field}`) : [];
  const names = changed.length > 0 ? changed : [action];
  return names.map((name) => ({ name, record, anyReason: true }));
}

/** True for a reason of at least two words with letters or digits in them. */
export function isMeaningful(reason: string | null): boolean {
  const words = reason?.split(/\s+/).filter((word) => WORD_CHARACTER.test(word)) ?? [];
  return words.length > 1 || UNSPACED_SCRIPT.test(reason ?? '');
}

/**
 * Asserts, before the commit, that regulated operations have a reason. The system itself needs none.
 *
 * @throws Problem 422 `reason_required` naming the operations that need one
 */
export function assertReasonGiven(
  { role, requestContext }: Principal,
  requirements: readonly ReasonRequirement[],
): void {
  if (requirements.length === 0 || role === 'system' || isMeaningful(requestContext.reason)) return;
  const unexplained = requirements.filter(({ anyReason }) => !anyReason || !requestContext.reason);
  if (unexplained.length === 0) return;
  const errors = [...new Set(unexplained.map(({ name }) => name))].map((name) => ({
    field: 'reason',
    code: CoreProblem.reason_required.code,
    message: `${name} needs a reason (${recordsOf(name, unexplained)})`,
  }));
  const needs = errors.map(({ message }) => message).join('; ');
  const how = unexplained.every(({ anyReason }) => anyReason) ? '' : 'in two words or more, ';
  throw CoreProblem.reason_required(`${needs}: say why, ${how}in "reason" or in the header X-Change-Reason`, {
    errors,
  });
}

function recordsOf(name: string, requirements: readonly ReasonRequirement[]): string {
  const records = requirements.filter((requirement) => requirement.name === name).map(({ record }) => record);
  const more = records.length > MAX_NAMED_RECORDS ? [`${records.length - MAX_NAMED_RECORDS} more`] : [];
  return [...records.slice(0, MAX_NAMED_RECORDS), ...more].join(', ');
}
