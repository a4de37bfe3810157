import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type UserNarrowing } from './narrowed-scope.js';
import { changeReasonOf } from '../http/change-reason.header.js';
import { serverRequestId } from '../http/request-id.js';
import { storableText } from '../http/pg-text.js';

export const ROLES = ['manager', 'developer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Source of a change: request, address, client and reason; recorded with it in the audit trail. */
export interface RequestContext {
  /** `X-Request-Id` of the client, or else the server's id. */
  readonly requestId: string | null;
  /** The server's own id, where the client sent another one. */
  readonly serverRequestId?: string | undefined;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Reason for change: `reason` in the body, or the header `X-Change-Reason`. */
  readonly reason: string | null;
}

/** Originator of a change: a signed-in user, a visitor (sign-up, login) or the system itself (commands, jobs). */
export interface Principal {
  readonly id: number | null;
  readonly username: string;
  readonly role: Role | 'visitor' | 'system';
  readonly sessionId: number | null;
  readonly requestContext: RequestContext;
  /** The `HeldChange` that changes on behalf of this principal are parts of, where its request carries an `Idempotency-Key`. */
  readonly held?: object | undefined;
  /** Restrictions by extensions on a signed-in user; policies add them to their scopes. */
  readonly narrowings?: readonly UserNarrowing[];
}

/** Configured scope of the exception from working hours for critical tasks. */
export interface CriticalException {
  /** Roles whose setting of the priority makes a task critical enough for the exception. */
  readonly givenBy: 'anyone' | 'manager';
  /** `all`: changes, deletion and their cascades; `changes`: changes of the critical tasks alone. */
  readonly covers: 'all' | 'changes';
}

/** Stands for no session; the audit trail records none. */
export const NO_SESSION = 0;

/** Signed-in user with the attributes that policies use. */
export interface Actor extends Principal {
  readonly id: number;
  readonly role: Role;
  /** IANA name of the user's own zone. */
  readonly timeZone: string;
  /** True within working hours in that zone at the time of the request. */
  readonly atWork: boolean;
  /** Time of the request, for rules that depend on the day. */
  readonly now?: Date;
  /** Undefined: the exception holds for every critical task, regardless of who made it critical, and for every operation on it. */
  readonly criticalException?: CriticalException;
  /** `NO_SESSION` for a user on whose behalf the product acts. */
  readonly sessionId: number;
  /** True for a user who must set up a second factor first (`SECOND_FACTOR_REQUIRED_FOR`). */
  readonly mustEnrol?: boolean;
}

/** Lengths of the columns; a proxy may forward a value that is no address at all. */
const MAX_ADDRESS = 64;
const MAX_AGENT = 512;

/**
 * Returns the context of a request, read once and cached on it. A reason that cannot be kept counts as none, so that
 * the denial of such a request is audited without it.
 */
export function requestContextOf(request: FastifyRequest): RequestContext {
  return (request.requestContext ??= readRequestContext(request));
}

function readRequestContext(request: FastifyRequest): RequestContext {
  return {
    requestId: request.id,
    serverRequestId: serverRequestId(request),
    ip: storableText(request.ip.slice(0, MAX_ADDRESS)),
    userAgent: request.headers['user-agent']?.slice(0, MAX_AGENT) ?? null,
    reason: changeReasonOf(request),
  };
}

/**
 * Returns the id that no other request has: the server's own, where the client sent one too; null outside of a
 * request.
 */
export const uniqueIdOf = ({ requestId, serverRequestId: own }: RequestContext): string | null => own ?? requestId;

/** Principal of a caller of whom only the request is known. */
export const anonymousPrincipal = (requestContext: RequestContext): Principal => ({
  id: null,
  username: 'visitor',
  role: 'visitor',
  sessionId: null,
  requestContext,
});

/** Principal of changes that the product makes itself, in jobs and commands. */
export function systemPrincipal(username: string, reason: string | null = null): Principal {
  const requestContext = { requestId: null, ip: null, userAgent: null, reason };
  return { id: null, username, role: 'system', sessionId: null, requestContext };
}

/** Returns the principal with the reason of a request body; a blank reason changes nothing. */
export function withReason<A extends Principal>(principal: A, reason: string | undefined): A {
  return reason?.trim()
    ? { ...principal, requestContext: { ...principal.requestContext, reason: reason.trim() } }
    : principal;
}

/** The same author, for records that are committed by themselves and stand even if the rest of the request fails. */
export function apart<A extends Principal>(principal: A): A {
  return principal.held === undefined ? principal : { ...principal, held: undefined };
}

declare module 'fastify' {
  interface FastifyRequest {
    user?: Actor;
    requestContext?: RequestContext;
  }
}

/** The signed-in user of a route under `@Can`. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { user } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!user) throw new Error('@CurrentUser() on a route without @Can()');
  return user;
});

/** The unauthenticated caller of a route under `@Public`. */
export const Anonymous = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return anonymousPrincipal(requestContextOf(context.switchToHttp().getRequest<FastifyRequest>()));
});
