import {
  ROOT_CONTEXT,
  SpanKind as OtelKind,
  SpanStatusCode,
  trace,
  type Span as OtelSpan,
  type Tracer,
} from '@opentelemetry/api';
import { withoutSpan, type Span, type SpanAttributes, type SpanKind } from '../../core/tracing/span.js';

const KINDS: Readonly<Record<SpanKind, OtelKind>> = { internal: OtelKind.INTERNAL, client: OtelKind.CLIENT };

/** Span of OpenTelemetry as the product sees it. */
export class RecordedSpan implements Span {
  constructor(
    private readonly tracer: Tracer,
    private readonly span: OtelSpan,
  ) {}

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get spanId(): string {
    return this.span.spanContext().spanId;
  }

  get isRecording(): boolean {
    return this.span.isRecording();
  }

  startChild(name: string, attributes: SpanAttributes, kind: SpanKind = 'internal'): Span {
    const parent = trace.setSpan(ROOT_CONTEXT, this.span);
    return new RecordedSpan(this.tracer, this.tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent));
  }

  setAttributes(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  end(errorType?: string): void {
    if (errorType !== undefined) {
      this.span.setAttribute('error.type', errorType);
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    // The timer of the export would inherit this span, and the log of an outage its ids.
    withoutSpan(() => this.span.end());
  }
}
