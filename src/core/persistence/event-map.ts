/**
 * Domain events by name, in the past tense. Modules add theirs: `declare module './event-map.js' { interface EventMap
 * { 'task.completed': TaskCompleted } }`.
 */
export interface EventMap {}

export type EventName = keyof EventMap & string;

/** Event of a transaction, discriminated by `name`. */
export type DomainEvent = { [K in EventName]: { readonly name: K; readonly payload: EventMap[K] } }[EventName];
