import { type AuditEntryDraft } from './audited.decorator.js';

/**
 * Domain events by name, in the past tense. Modules add theirs: `declare module './event-map.js' { interface EventMap
 * { 'task.completed': TaskCompleted } }`.
 */
export interface EventMap {
  /** Published after every commit with audit entries. */
  'records.changed': RecordsChanged;
  /** Published instead where the connection broke at the commit: it may have succeeded, now or shortly. */
  'records.possibly_changed': RecordsChanged;
}

/** Audit entries of a transaction, whichever module or extension wrote them. */
export interface RecordsChanged {
  readonly entries: readonly AuditEntryDraft[];
}

export type EventName = keyof EventMap & string;

/** Event of a transaction, discriminated by `name`. */
export type DomainEvent = { [K in EventName]: { readonly name: K; readonly payload: EventMap[K] } }[EventName];
