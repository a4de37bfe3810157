import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { databaseProblem } from './database-errors.js';
import { serviceUnavailable, CoreProblem, Problem, type ProblemKind } from './problem.js';
import { serverRequestId, uniqueRequestId } from './request-id.js';

const BY_STATUS: Readonly<Record<number, ProblemKind>> = {
  400: CoreProblem.bad_request,
  401: CoreProblem.unauthenticated,
  403: CoreProblem.role_not_allowed,
  404: CoreProblem.not_found,
  405: CoreProblem.method_not_allowed,
  409: CoreProblem.conflict,
  413: CoreProblem.payload_too_large,
  414: CoreProblem.uri_too_long,
  415: CoreProblem.unsupported_media_type,
  422: CoreProblem.validation_error,
  429: CoreProblem.too_many_requests,
};

/** Problems that are logged in one line, without a stack. */
const TRANSIENT_CODES = new Set(['busy', 'database_read_only', 'outcome_unknown']);

/** Challenge of every 401 (RFC 9110 §11.6.1). */
const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };

/** Sends every thrown error as `application/problem+json`; an unknown one as a 500 without detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const context = host.switchToHttp();
    this.answer(thrown, context.getRequest<FastifyRequest>(), context.getResponse<FastifyReply>());
  }

  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = toProblem(thrown);
    const status = problem.getStatus();
    if (status >= 500) this.report(thrown, problem, request);
    if (reply.sent || reply.raw.headersSent) {
      // Part of the response is out: only a broken connection can signal that the rest is missing.
      reply.raw.destroy();
      return;
    }
    const body = problemBody(problem, request);
    request.problem = body;
    void reply
      .headers({ ...(status === 401 && CHALLENGE), ...problem.extras.headers, 'Cache-Control': 'no-store' })
      .status(status)
      .type('application/problem+json; charset=utf-8')
      .serializer((payload) => JSON.stringify(payload))
      .send(body);
  }

  private report(thrown: unknown, problem: Problem, request: FastifyRequest): void {
    const line = {
      msg: `${request.method} ${request.routeOptions?.url ?? ''} failed`,
      request_id: uniqueRequestId(request),
    };
    if (TRANSIENT_CODES.has(problem.code)) this.logger.warn({ ...line, reason: String((thrown as Error).message) });
    else this.logger.error({ ...line, err: thrown });
  }
}

/** Members of RFC 9457, and those of this product. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly request_id: string;
  /** Given where `request_id` is the client's. */
  readonly server_request_id?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Problem that was sent instead of a result, for the request log. */
    problem?: ProblemBody;
    /** Problems of single items that the response names, for the audit trail; they include `problem`. */
    itemProblems?: readonly Pick<ProblemBody, 'status' | 'code'>[];
  }
}

export function problemBody(problem: Problem, request: { id: string; url: string } | FastifyRequest): ProblemBody {
  const own = 'raw' in request ? serverRequestId(request) : undefined;
  const { headers: _headers, ...members } = problem.extras;
  return {
    ...members,
    type: `urn:ctms:problem:${problem.code}`,
    title: problem.title,
    status: problem.getStatus(),
    detail: problem.detail,
    instance: request.url.split('?', 1)[0] ?? '/',
    code: problem.code,
    request_id: request.id,
    ...(own !== undefined && { server_request_id: own }),
  };
}

/** Maps a thrown value to a problem. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (isTruncatedBody(thrown))
    return CoreProblem.bad_request('The request body is incomplete: the connection closed before its end');
  const fromDatabase = databaseProblem(thrown);
  if (fromDatabase) return fromDatabase;
  const status = statusOf(thrown);
  const kind = BY_STATUS[status];
  if (kind) return kind(detailOf(thrown, status));
  if (status === 503) return serviceUnavailable();
  if (status >= 400 && status < 500) return CoreProblem.bad_request(detailOf(thrown, status));
  return CoreProblem.internal_error();
}

/** True where the client disconnected within its body; the error resembles one of a broken database connection. */
const isTruncatedBody = (thrown: unknown): boolean =>
  (thrown as { code?: string; message?: string } | undefined)?.code === 'ECONNRESET' &&
  (thrown as Error).message === 'aborted';

function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const { statusCode } = (thrown ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}

function detailOf(thrown: unknown, status: number): string | undefined {
  const { message } = thrown as { message?: string };
  // The titles of these say what to do; the thrown message only repeats the status.
  if (status === 404 || (status >= 413 && status <= 415)) return undefined;
  return message ?? STATUS_CODES[status];
}
