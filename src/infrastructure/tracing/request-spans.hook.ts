import { ROOT_CONTEXT, SpanKind, trace, type Context, type Tracer } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { uniqueRequestId } from '../../core/http/request-id.js';
import { withSpan, type Span } from '../../core/tracing/span.js';
import { RecordedSpan } from './recorded-span.js';

/** Probes and scrapes, which would be most of the traces of a quiet server. */
const UNTRACED = new Set(['/health', '/health/live', '/health/ready', '/metrics']);
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const spans = new WeakMap<FastifyRequest['raw'], Span>();

/** Runs every request within a span that is named by its route, and continues the trace of its `traceparent`. */
export function registerRequestSpans(server: FastifyInstance, tracer: Tracer): void {
  server.addHook('onRequest', (request, _reply, done) => {
    if (isUntraced(request)) return done();
    const span = startSpan(tracer, request);
    spans.set(request.raw, span);
    withSpan(span, done);
  });
  // A body is parsed in the context of its connection, which is not that of the request.
  server.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request.raw);
    if (span) withSpan(span, done);
    else done();
  });
}

/** Ends the span of a request. Failures of the server are errors; a rejected request is not. */
export function endRequestSpan(request: FastifyRequest, status: number): void {
  const span = spans.get(request.raw);
  if (!span) return;
  span.setAttributes({ 'http.response.status_code': status });
  span.end(status >= 500 ? String(status) : undefined);
}

/** A WebSocket lasts for hours: its frames are not part of a request. */
const isUntraced = ({ routeOptions, raw }: FastifyRequest): boolean =>
  UNTRACED.has(routeOptions.url ?? '') || raw.headers.upgrade !== undefined;

function startSpan(tracer: Tracer, request: FastifyRequest): Span {
  const method = METHODS.has(request.method) ? request.method : '_OTHER';
  const route = request.routeOptions.url;
  const attributes = {
    'http.request.method': method,
    'url.scheme': request.protocol,
    ...(route !== undefined && { 'http.route': route }),
    'ctms.request_id': uniqueRequestId(request),
  };
  const verb = method === '_OTHER' ? 'HTTP' : method;
  const name = route === undefined ? verb : `${verb} ${route}`;
  const context = parentOf(request.raw.headers.traceparent);
  return new RecordedSpan(tracer, tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, context));
}

/** `tracestate` is not continued: it would export text of the client's choice. */
function parentOf(header: string | string[] | undefined): Context {
  const parent = typeof header === 'string' ? parseTraceParent(header) : null;
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : ROOT_CONTEXT;
}
