import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Pool } from 'pg';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import { type SpanAttributes } from '../../core/tracing/span.js';

/**
 * Starts the traces of this process: one for each request and each run of a job. This class is the one that is off;
 * `OpenTelemetryTracing` takes its place where `OTEL_EXPORTER_OTLP_ENDPOINT` is set (decision 188).
 */
export class Tracing {
  /** Class of the pool's connections. */
  get clientClass(): typeof DatabaseClient {
    return DatabaseClient;
  }

  /** Keeps callers of the pool in their trace while they wait for a connection. */
  watchPool(_pool: Pool): void {}

  /** Traces requests; register it before hooks that use the database. */
  watchRequests(_server: FastifyInstance): void {}

  /** Completes the span of a request. */
  endRequest(_request: FastifyRequest, _status: number): void {}

  /** Runs `work` as the root of a trace. */
  root<T>(_name: string, _attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    return work();
  }
}
