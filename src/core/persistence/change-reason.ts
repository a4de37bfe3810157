import { type Principal } from '../authorization/actor.js';
import { CoreProblem } from '../http/problem.js';
import { type AuditEntryDraft } from './audited.decorator.js';

/**
 * What is not done without a reason: an action (`task.deleted`), or the change of a field of a record that was there
 * (`task.deadline`); with a condition, only of records that were so before it (`task.deadline[status=completed]`).
 */
export interface ReasonRule {
  readonly name: string;
  readonly only?: { readonly field: string; readonly value: string };
}

/** Something regulated that was done, and to what. */
export interface ReasonRequirement {
  readonly name: string;
  /** Its kind and id; names of records are not for everyone. */
  readonly record: string;
  /** Any reason will do: what needs one by nature, and not because it is configured so. */
  readonly anyReason?: true;
}

const FORM = /^(?<name>[a-z_]+\.[a-z_]+)(?:\[(?<field>[a-z_]+)=(?<value>[^[\]=]+)\])?$/;
const IN_WORDS = /[\p{L}\p{N}]/u;
/** Scripts that set no blanks between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]{2}/u;
const NAMED = 3;

export const isReasonRule = (text: string): boolean => FORM.test(text);

/** @param text such as `task.deleted` or `task.deadline[status=completed]` */
export function parseReasonRule(text: string): ReasonRule {
  const { name = text, field, value } = FORM.exec(text)?.groups ?? {};
  return field && value ? { name, only: { field, value } } : { name };
}

/**
 * What a change did of what is regulated, each thing once.
 *
 * @param was the value of a field before the change; undefined where there was no such record
 */
export function reasonRequirementsFor(
  rules: readonly ReasonRule[],
  { action, entityType, entityId, changes }: AuditEntryDraft,
  was?: (field: string) => unknown,
): ReasonRequirement[] {
  if (rules.length === 0) return [];
  const changed = was ? Object.keys(changes).map((field) => `${entityType}.${field}`) : [];
  const done = new Set([action, ...changed]);
  const met = rules.filter(({ name, only }) => done.has(name) && (!only || String(was?.(only.field)) === only.value));
  const record = entityId === null ? entityType : `${entityType} ${entityId}`;
  return [...new Set(met.map(({ name }) => name))].map((name) => ({ name, record }));
}

/** A change that is never done without a reason, whatever is configured: a deed for each field. */
export function reasonRequirementsForFields({ entityType, entityId, changes }: AuditEntryDraft): ReasonRequirement[] {
  const record = entityId === null ? entityType : `${entityType} ${entityId}`;
  return Object.keys(changes).map((field) => ({ name: `${entityType}.${field}`, record, anyReason: true }));
}

/** Whether a reason tells anything: at least two words, with letters or digits in them. */
export function isMeaningful(reason: string | null): boolean {
  const words = reason?.split(/\s+/).filter((word) => IN_WORDS.test(word)) ?? [];
  return words.length > 1 || UNSPACED.test(reason ?? '');
}

/**
 * What was done and why, before it is committed. The product itself has reasons of its own.
 *
 * @throws Problem 422 `reason_required` naming what needs one
 */
export function assertReasonGiven({ role, requestContext }: Principal, deeds: readonly ReasonRequirement[]): void {
  if (deeds.length === 0 || role === 'system' || isMeaningful(requestContext.reason)) return;
  const unexplained = deeds.filter(({ anyReason }) => !anyReason || !requestContext.reason);
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

function recordsOf(name: string, deeds: readonly ReasonRequirement[]): string {
  const records = deeds.filter((deed) => deed.name === name).map(({ record }) => record);
  const more = records.length > NAMED ? [`${records.length - NAMED} more`] : [];
  return [...records.slice(0, NAMED), ...more].join(', ');
}
