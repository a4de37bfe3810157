import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { SpanKind, type Tracer } from '@opentelemetry/api';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Pool } from 'pg';
import { type Config } from '../../core/config/config.js';
import { type TracingConfig } from '../../core/config/tracing-config.js';
import { type DatabaseClient } from '../../core/persistence/database-client.js';
import { completed, type SpanAttributes } from '../../core/tracing/span.js';
import { bindCallers } from './pool-context.js';
import { endRequestSpan, registerRequestSpans } from './request-spans.hook.js';
import { resourceOf, samplerOf } from './resource.js';
import { ReportingExporter } from './reporting.exporter.js';
import { RecordedSpan } from './recorded-span.js';
import { TracedClient } from './traced-client.js';
import { Tracing } from './tracing.js';

/** Bounds of memory while the collector does not answer: later spans are dropped. */
const QUEUE = { maxQueueSize: 2048, maxExportBatchSize: 512, scheduledDelayMillis: 1000, exportTimeoutMillis: 10_000 };
/** Time for the last spans at shutdown, below what remains of the ten seconds until an orchestrator kills. */
const FLUSH_MS = 1500;

/** Exports traces by OTLP over HTTP, as protobuf. */
export class OpenTelemetryTracing extends Tracing implements OnApplicationShutdown {
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor(config: Config, tracing: TracingConfig) {
    super();
    const exporter = new ReportingExporter(tracing, new Logger('Tracing'));
    this.provider = new TracerProvider({
      resource: resourceOf(config, tracing),
      sampler: samplerOf(tracing),
      spanProcessors: [new BatchSpanProcessor({ exporter, ...QUEUE })],
    });
    this.tracer = this.provider.getTracer('ctms', config.appVersion);
  }

  override get clientClass(): typeof DatabaseClient {
    return TracedClient;
  }

  override watchPool(pool: Pool): void {
    bindCallers(pool);
  }

  override watchRequests(server: FastifyInstance): void {
    registerRequestSpans(server, this.tracer);
  }

  override endRequest(request: FastifyRequest, status: number): void {
    endRequestSpan(request, status);
  }

  override root<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    const span = this.tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes, root: true });
    return completed(new RecordedSpan(this.tracer, span), work);
  }

  /** Exports what is left; a collector that does not answer delays the end by `FLUSH_MS` at most. */
  async onApplicationShutdown(): Promise<void> {
    const flushed = this.provider.shutdown().catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([flushed, new Promise((resolve) => (timer = setTimeout(resolve, FLUSH_MS)))]);
    clearTimeout(timer);
  }
}
