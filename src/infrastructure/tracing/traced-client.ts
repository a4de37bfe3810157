import { finished, type Writable } from 'node:stream';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import { activeSpan, errorTypeOf, type Span } from '../../core/tracing/span.js';
import { summarize } from './statement-summary.js';

type Callback = (error: unknown, result: unknown) => void;
type Query = (...parts: unknown[]) => unknown;

interface QueryConfig {
  /** Of the prepared statement. */
  readonly name?: string;
  readonly text?: string;
  readonly submit?: unknown;
}

/** Connection that records each statement of a traced request or job as a span, by its name and never its values. */
export class TracedClient extends DatabaseClient {
  // The overloads of `query` cannot be restated one by one: an assigned function takes the arguments of all of them.
  constructor(...settings: ConstructorParameters<typeof DatabaseClient>) {
    super(...settings);
    const query = this.query.bind(this) as unknown as Query;
    Object.assign(this, { query: (...parts: unknown[]) => this.traced(query, parts) });
  }

  private traced(query: Query, parts: unknown[]): unknown {
    const parent = activeSpan();
    if (!parent?.isRecording) return query(...parts);
    const statement = parts[0];
    const config = typeof statement === 'string' ? { text: statement } : (statement as QueryConfig);
    const span = this.startSpan(parent, config);
    const last = parts.findLastIndex((part, index) => index > 0 && typeof part === 'function');
    if (last < 0) return observe(span, query(...parts));
    const callback = parts[last] as Callback;
    const ending: Callback = (error, result) => {
      end(span, error);
      callback(error, result);
    };
    return query(...parts.with(last, ending));
  }

  private startSpan(parent: Span, { name, text = '' }: QueryConfig): Span {
    const { operation, tables, summary } = summarize(text);
    const attributes = {
      'db.system.name': 'postgresql',
      'db.namespace': this.database ?? '',
      'db.operation.name': operation,
      'db.query.summary': summary,
      ...(tables.length === 1 && { 'db.collection.name': tables[0] ?? '' }),
      ...(name !== undefined && { 'ctms.statement': name }),
    };
    return parent.startChild(summary, attributes, 'client');
  }
}

/** Ends the span with a promise, or with a stream such as that of COPY. */
function observe(span: Span, result: unknown): unknown {
  if (result instanceof Promise) {
    result.then(
      () => end(span),
      (error: unknown) => end(span, error),
    );
  } else finished(result as Writable, (error) => end(span, error));
  return result;
}

function end(span: Span, error?: unknown): void {
  if (!error) return span.end();
  const type = errorTypeOf(error);
  if (/^[0-9A-Z]{5}$/.test(type)) span.setAttributes({ 'db.response.status_code': type });
  span.end(type);
}
