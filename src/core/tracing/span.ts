import { AsyncLocalStorage } from 'node:async_hooks';

/** Facts of a span. They leave the host: names, counts and codes, never a value of a request or a record. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Role of a span: `client` calls another system; `internal` is any other work. */
export type SpanKind = 'internal' | 'client';

/** Timed piece of work in a trace. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** False where the trace is not sampled, and after the end. */
  readonly isRecording: boolean;
  startChild(name: string, attributes: SpanAttributes, kind?: SpanKind): Span;
  setAttributes(attributes: SpanAttributes): void;
  /** @param errorType code or class of the error that failed the work; its message is not exported */
  end(errorType?: string): void;
}

const active = new AsyncLocalStorage<Span>();

/** Returns the span of the current request or job; undefined where there is none, or tracing is off. */
export const activeSpan = (): Span | undefined => active.getStore();

/** Runs `work`, and what it starts, within a span. */
export const withSpan = <T>(span: Span, work: () => T): T => active.run(span, work);

/** Runs what a span starts and does not await, such as timers, outside of it. */
export const withoutSpan = <T>(work: () => T): T => active.exit(work);

/**
 * Runs `work` as a child of the current span, such as `inSpan('import visits', { 'visits.count': rows.length }, work)`.
 * Only runs it where nothing is traced.
 */
export async function inSpan<T>(
  name: string,
  attributes: SpanAttributes,
  work: () => Promise<T>,
  kind?: SpanKind,
): Promise<T> {
  const parent = activeSpan();
  return parent?.isRecording ? completed(parent.startChild(name, attributes, kind), work) : work();
}

/** Runs `work` within a span and ends the span with it. */
export async function completed<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    const result = await withSpan(span, work);
    span.end();
    return result;
  } catch (error) {
    span.end(errorTypeOf(error));
    throw error;
  }
}

/** Returns the code of an error, such as an SQLSTATE, or the name of its class: messages may quote values. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : error.constructor.name;
}

/** Ids for a log line; empty outside of a trace. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const span = activeSpan();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
