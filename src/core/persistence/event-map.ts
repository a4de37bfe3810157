import { type AuditEntryDraft } from './audited.decorator.js';

/**
 * Domain events by name, in the past tense. Modules add theirs: `declare module './event-map.js' { interface EventMap
 * { 'task.completed': TaskCompleted } }`.
 */
export interface EventMap {
  'records.changed': RecordsChanged;
}

/** Published after every commit with the audit entries of its transaction, whichever module or extension wrote them. */
export interface RecordsChanged {
  readonly entries: readonly AuditEntryDraft[];
}

export type EventName = keyof EventMap & string;

/** Event of a transaction, discriminated by `name`. */
export type DomainEvent = { [K in EventName]: { readonly name: K; readonly payload: EventMap[K] } }[EventName];
