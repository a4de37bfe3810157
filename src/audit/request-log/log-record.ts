import { type FastifyReply, type FastifyRequest } from 'fastify';
import { requestContextOf } from '../../core/authorization/actor.js';
import { type ProblemBody } from '../../core/http/problem.filter.js';
import { serverRequestId } from '../../core/http/request-id.js';
import { storableJson } from '../../core/http/pg-text.js';
import { truncateForLog, maskedBody, maskedQuery } from '../access-log/masking.js';
import { type DeniedRequests } from './denied-request-counts.js';

/** A line of the request log as it waits to be written. */
export interface RequestLine {
  readonly requestId: string;
  readonly json: string;
  /** Of its JSON. */
  readonly bytes: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** `Controller.method`, once a handler was reached. */
    operation?: string;
  }
}

/** @throws where something in it cannot be told as JSON */
export function toLogRecord(request: FastifyRequest, reply: FastifyReply, status: number, now: Date): RequestLine {
  return asLine(request.id, columnsOf(request, reply, status, now));
}

/** The same without bodies, and with how many bytes that left out. */
export function toSlimLogRecord(request: FastifyRequest, reply: FastifyReply, status: number, now: Date): RequestLine {
  const columns = columnsOf(request, reply, status, now);
  const { bytes } = asLine(request.id, columns);
  const slim = {
    ...columns,
    path: columns.path.slice(0, SLIM_TEXT),
    user_agent: columns.user_agent?.slice(0, SLIM_TEXT) ?? null,
    query: null,
    request_body: null,
    response_body: null,
  };
  return asLine(request.id, { ...slim, omitted_bytes: bytes - asLine(request.id, slim).bytes });
}

/** One row for all requests of a window that were denied alike: as the first of them, without what it sent. */
export function toDenialRecord({ since, first, address, problem, status, count }: DeniedRequests): RequestLine {
  const { user, operation = null } = first;
  return asLine(first.id, {
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

function asLine(requestId: string, columns: object): RequestLine {
  // A body with such text was refused, but it may be logged from a query.
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
    response_body: problem ? knownMembersOf(problem) : null,
    request_count: 1,
    omitted_bytes: 0,
  };
}

/**
 * What the log keeps of an error body: all but what it quotes. A detail may name a record by its title, and would still have
 * those words when they are taken out of the audit trail.
 */
function knownMembersOf({ detail, ...members }: ProblemBody): unknown {
  return truncateForLog({ ...members, detail: detail.replace(QUOTED, '"…"') });
}

const QUOTED = /".*"/s;

/** Percent-encoded already; what is longer than any route is cut. */
const pathOf = ({ url }: FastifyRequest): string => (url.split('?', 1)[0] ?? '/').slice(0, 2000);

const SLIM_TEXT = 200;
