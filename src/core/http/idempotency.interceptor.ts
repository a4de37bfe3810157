import {
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { HeldChange } from '../persistence/held-change.js';
import { IdempotencyStore, RequestCompleted, type StoredResponse } from '../persistence/idempotency-store.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { type IdempotentRequest } from './idempotency-key.header.js';
import { IdempotentRequestsService } from './idempotent-requests.service.js';
import { CoreProblem, Problem, requestInProgress } from './problem.js';
import { PreserializedJson } from './streamed-response.js';

/** Says that an answer is that of an earlier attempt. */
export const IDEMPOTENCY_REPLAYED = 'Idempotency-Replayed';
/** Headers that describe the answer itself; all others belong to one attempt. */
const KEPT_HEADERS = ['etag', 'location', 'content-location', 'link'];
/** Characters. The answer of a change is a record or a few; a longer one would be stored for a retry that seldom comes. */
const MAX_STORED = 256 * 1024;

/**
 * Answers a request that carries an `Idempotency-Key` once: its change is committed together with its answer, and a
 * repetition gets that answer. One that was refused, or failed, left nothing and may be repeated.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly requests: IdempotentRequestsService,
    private readonly store: IdempotencyStore,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { bodyParseError } = context.switchToHttp().getRequest<FastifyRequest>();
    // A body that cannot be read would pass for an empty one; `RejectUnknownInputInterceptor` refuses it.
    const identified = bodyParseError ? undefined : this.requests.identify(context);
    return identified ? from(this.answer(context, identified, next)) : next.handle();
  }

  private async answer(context: ExecutionContext, identified: IdempotentRequest, next: CallHandler): Promise<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (request.replayOnly) return this.replay(identified, reply, request.replayOnly);
    const held = new HeldChange((tx) => this.store.claim(tx, identified));
    if (request.user) request.user = { ...request.user, held };
    try {
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      const body = bodyOf(answer);
      const response = storedResponse(reply, body, this.requests.omitted(context));
      await this.unitOfWork.commitHeld(held, (tx, entries) => this.store.complete(tx, identified, response, entries));
      return typeof body === 'string' ? new PreserializedJson(body) : answer;
    } catch (error) {
      await this.unitOfWork.rollBackHeld(held);
      return this.replay(identified, reply, error);
    }
  }

  /** Sends the first answer again. Where there is none, the request fails as it did: it may be the first. */
  private async replay(identified: IdempotentRequest, reply: FastifyReply, error: unknown): Promise<unknown> {
    const completed = await this.requests.find(identified).catch((failure: unknown) => {
      throw isReuse(failure) ? failure : error;
    });
    // Its 24 hours ended between the two statements.
    if (!completed) throw error instanceof RequestCompleted ? requestInProgress() : error;
    if (!completed.response) throw CoreProblem.answer_not_kept();
    const { status, headers, body } = completed.response;
    void reply.status(status).headers({ ...headers, [IDEMPOTENCY_REPLAYED]: 'true' });
    return body === null ? undefined : new PreserializedJson(body);
  }
}

const isReuse = (error: unknown): boolean =>
  error instanceof Problem && error.code === CoreProblem.idempotency_key_reused.code;

/** The JSON of an answer; null for none, undefined where it is something else. */
function bodyOf(answer: unknown): string | null | undefined {
  if (answer === undefined || answer === null) return null;
  if (answer instanceof PreserializedJson) return answer.text.toString();
  return typeof answer === 'object' && !(answer instanceof StreamableFile) ? JSON.stringify(answer) : undefined;
}

/** Null for an answer that cannot be kept: cookies are secrets. */
function storedResponse(
  reply: FastifyReply,
  body: string | null | undefined,
  omitted: readonly string[],
): StoredResponse | null {
  if (body === undefined || (body?.length ?? 0) > MAX_STORED || reply.hasHeader('set-cookie')) return null;
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name);
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body: body && without(body, omitted) };
}

function without(body: string, omitted: readonly string[]): string {
  if (omitted.length === 0) return body;
  const members = Object.entries(JSON.parse(body) as object);
  return JSON.stringify(Object.fromEntries(members.filter(([name]) => !omitted.includes(name))));
}
