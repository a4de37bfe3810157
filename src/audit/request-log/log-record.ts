import { type FastifyReply, type FastifyRequest } from 'fastify';
import { requestContextOf } from '../../core/authorization/actor.js';
import { type ProblemBody } from '../../core/http/problem.filter.js';
import { serverRequestId } from '../../core/http/request-id.js';
import { storableJson } from '../../core/http/pg-text.js';
import { truncateForLog, maskedBody, maskedQuery } from '../access-log/masking.js';
import { type DeniedRequests } from './denied-request-counts.js';

/** A queued line of the request log. */
export interface RequestLine {
  readonly requestId: string;
  readonly json: string;
  /** Bytes of its JSON. */
  readonly bytes: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** `Controller.method`, once the request reached a handler. */
    operation?: string;
  }
}

/** Builds the line of a request. @throws Error where a value cannot be expressed as JSON */
export function toLogRecord(request: FastifyRequest, reply: FastifyReply, status: number, now: Date): RequestLine {
  return toRequestLine(request.id, columnsOf(request, reply, status, now));
}

/** Builds a line without bodies, with the number of bytes that this omits. */
export function toSlimLogRecord(request: FastifyRequest, reply: FastifyReply, status: number, now: Date): RequestLine {
  const columns = columnsOf(request, reply, status, now);
  const { bytes } = toRequestLine(request.id, columns);
  const slim = {
    ...columns,
    path: columns.path.slice(0, SLIM_TEXT),
    user_agent: columns.user_agent?.slice(0, SLIM_TEXT) ?? null,
    query: null,
    request_body: null,
    response_body: null,
  };
  return toRequestLine(request.id, { ...slim, omitted_bytes: bytes - toRequestLine(request.id, slim).bytes });
}

/** Builds one line for a group of denied requests: that of the first, without what it sent. */
export function toDenialRecord({ since, first, address, problem, status, count }: DeniedRequests): RequestLine {
  const { user, operation = null } = first;
  return toRequestLine(first.id, {
    timestamp: since.toISOString(),
    user_id: user?.id ?? null,
    username: user?.username ?? null,
    method: first.method,
    path: pathOf(first).slice(0, SLIM_TEXT),
    operation,
    status_code: status,
    duration_ms: 0,
    ip_address: address,
    user_agent: null,
    request_id: first.id,
    server_request_id: serverRequestId(first) ?? null,
    query: null,
    request_body: null,
    response_body: problem ? { code: problem.code, title: problem.title } : null,
    request_count: count,
    omitted_bytes: 0,
  });
}

function toRequestLine(requestId: string, columns: object): RequestLine {
  // Text that PostgreSQL cannot store is rejected in bodies, but may occur in a query.
  const json = storableJson(columns);
  return { requestId, json, bytes: Buffer.byteLength(json) };
}

function columnsOf(request: FastifyRequest, reply: FastifyReply, status: number, now: Date) {
  const { user, problem, operation = null } = request;
  const { ip, userAgent } = requestContextOf(request);
  return {
    timestamp: new Date(now.getTime() - reply.elapsedTime).toISOString(),
    user_id: user?.id ?? null,
    username: user?.username ?? null,
    method: request.method,
    path: pathOf(request),
    operation,
    status_code: status,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
    ip_address: ip,
    user_agent: userAgent,
    request_id: request.id,
    server_request_id: serverRequestId(request) ?? null,
    query: maskedQuery(request.query),
    request_body: maskedBody(request.body, status),
    response_body: problem ? withoutQuotes(problem) : null,
    request_count: 1,
    omitted_bytes: 0,
  };
}

/**
 * Removes quoted text from an error body: a detail may quote the title of a record, and would keep it after its redaction
 * from the audit trail.
 */
function withoutQuotes({ detail, ...members }: ProblemBody): unknown {
  return truncateForLog({ ...members, detail: detail.replace(QUOTED, '"…"') });
}

const QUOTED = /".*"/s;

/** Returns the path, percent-encoded as sent, truncated beyond the length of any route. */
const pathOf = ({ url }: FastifyRequest): string => (url.split('?', 1)[0] ?? '/').slice(0, 2000);

const SLIM_TEXT = 200;
