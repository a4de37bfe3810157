import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Config } from '../core/config/config.js';
import { allowedOrigins, corsHeaders } from './cors.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { serverRequestId } from '../core/http/request-id.js';
import { problemBody, toProblem } from '../core/http/problem.filter.js';

const ONE_MIB = 1024 * 1024;
const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** Headers on the time of requests that are answered before any work. */
export const NO_TIME = { 'X-Process-Time': '0.000000', 'Server-Timing': 'total;dur=0.00' } as const;
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
/** Idle timeout of a connection, such as that of a reader who stopped reading. */
const IDLE_MS = 120_000;

/** Configures Fastify. Requests that never reach Nest get the same problem responses. */
export function createFastifyAdapter(config: Config): FastifyAdapter {
  const allowed = allowedOrigins(config);
  return new FastifyAdapter({
    bodyLimit: ONE_MIB,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    genReqId: requestId,
    requestIdHeader: false,
    requestTimeout: 60_000,
    // A missing host gets a problem response instead.
    http: { requireHostHeader: false },
    connectionTimeout: IDLE_MS,
    // As long as a URL may be: an id of any length is a 404.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    rewriteUrl: ({ url = '/' }) => canonicalizeUrl(url),
    clientErrorHandler: (error, socket) => rejectConnection(error as Error as ClientError, socket, allowed),
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      const body = JSON.stringify(problemBody(problem, request));
      const own = serverRequestId(request);
      void reply.headers({ 'X-Request-Id': request.id, ...(own !== undefined && { 'X-Server-Request-Id': own }) });
      const { host = '', origin = '' } = request.raw.headers;
      if (allowed(host, origin)) void reply.headers(corsHeaders(origin));
      void reply.status(problem.getStatus()).type(PROBLEM_TYPE).send(body);
    },
  });
}

/** Returns the id that the client gave a request where it is well-formed, else a new one. */
export function requestId(request: IncomingMessage | FastifyRequest['raw']): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Origin of a request target in absolute form (RFC 9112 §3.2.2), recognized by its scheme. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/**
 * Canonicalizes a URL: without the origin, and percent-encoded only where necessary. Checks whether a URL is of the
 * API, or of a record, must not depend on its spelling. A `%` that begins no escape is literal.
 */
export function canonicalizeUrl(url: string): string {
  const target = url.replace(ORIGIN, '') || '/';
  if (!target.includes('%')) return target;
  const [path = '/'] = target.split('?', 1);
  return path.split('/').map(reencode).join('/') + target.slice(path.length);
}

function reencode(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment));
  } catch {
    return segment.replaceAll('%', '%25');
  }
}

/** Time in which a client may read that its connection is refused, and close its side. */
const GOODBYE_MS = 2000;

type Allowed = ReturnType<typeof allowedOrigins>;
/** Error as Node emits it; Fastify types `rawPacket` as its JSON. */
type ClientError = Error & { code?: string; rawPacket?: Buffer };

/** Rejects a connection that failed before there was a request: its headers were unreadable, or never came. */
function rejectConnection(error: ClientError, socket: Socket, allowed: Allowed): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const { host = '', origin = '' } = headersOf(error, socket);
  rejectSocket(socket, problemOf(error.code), allowed(host, origin) ? corsHeaders(origin) : {}, requestOf(socket));
}

/** Returns the headers of the request whose body did not come; else those readable in the raw bytes. */
function headersOf({ rawPacket }: ClientError, socket: Socket): { host?: string; origin?: string } {
  const pending = requestOf(socket);
  if (pending) return pending.headers;
  const text = rawPacket?.toString('latin1') ?? '';
  const header = (name: string) => new RegExp(`^${name}:[ \\t]*(\\S{1,300})[ \\t]*\\r?$`, 'im').exec(text)?.[1];
  const host = header('host');
  const origin = header('origin');
  return { ...(host && { host }), ...(origin && { origin }) };
}

/** Returns the request whose body a connection did not send, if any. */
function requestOf(socket: Socket): IncomingMessage | undefined {
  return (socket as Socket & { _httpMessage?: { req?: IncomingMessage } | null })._httpMessage?.req;
}

/** Sends a problem on a connection without a reply of Fastify, and closes it. @param request whose id it takes */
export function rejectSocket(
  socket: Duplex,
  problem: Problem,
  more: Record<string, string> = {},
  request?: IncomingMessage,
): void {
  const id = request ? requestId(request) : randomUUID();
  const body = JSON.stringify(problemBody(problem, { id, url: '' }));
  const head = [
    `HTTP/1.1 ${problem.getStatus()} ${STATUS_CODES[problem.getStatus()]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'Cache-Control: no-store',
    ...Object.entries({ ...NO_TIME, ...more }).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  // Node takes its listeners and limits of time off a connection that it hands over: without these, a reset would end the
  // process, and a client that does not close its side would keep the connection.
  socket.on('error', () => socket.destroy());
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.resume().end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problemOf(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return CoreProblem.headers_too_large();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return CoreProblem.request_timeout();
  return CoreProblem.bad_request('This is no HTTP request that can be read');
}
