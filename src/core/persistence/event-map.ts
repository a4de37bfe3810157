/**
 * What happens in the product, by name in the past tense. Modules add theirs:
 * `declare module './event-map.js' { interface EventMap { 'task.completed': TaskCompleted } }`.
 */
export interface EventMap {}

export type EventName = keyof EventMap & string;

/** One event of a transaction; `name` tells the type of its payload. */
export type DomainEvent = { [K in EventName]: { readonly name: K; readonly payload: EventMap[K] } }[EventName];
