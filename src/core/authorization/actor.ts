import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { changeReasonOf } from '../http/change-reason.header.js';
import { serverRequestId } from '../http/request-id.js';
import { storableText } from '../http/pg-text.js';

export const ROLES = ['manager', 'developer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Where a change comes from; recorded with it in the audit trail. */
export interface RequestContext {
  /** The client's name of the request, or else the server's. */
  readonly requestId: string | null;
  /** The server's, where the client gave it another one. */
  readonly serverRequestId?: string | undefined;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Why the change is made: `reason` in the body, or the header `X-Change-Reason`. */
  readonly reason: string | null;
}

/** Whoever makes a change: a signed-in user, a visitor (sign-up, login) or the system itself (commands, jobs). */
export interface Principal {
  readonly id: number | null;
  readonly username: string;
  readonly role: Role | 'visitor' | 'system';
  readonly sessionId: number | null;
  readonly requestContext: RequestContext;
}

/** What the exception from working hours is worth, by configuration. */
export interface CriticalException {
  /** Whose word makes a task critical enough for it. */
  readonly givenBy: 'anyone' | 'manager';
  /** Changes, deletion and whatever follows from them; or changes of the critical tasks alone. */
  readonly covers: 'all' | 'changes';
}

/** A signed-in user, with the facts that policies ask for. */
export interface Actor extends Principal {
  readonly id: number;
  readonly role: Role;
  /** IANA name of the user's own zone. */
  readonly timeZone: string;
  /** Whether it is within working hours in that zone at the time of the request. */
  readonly atWork: boolean;
  /** Left out: a critical task of whoever's making, and everything that may be done to it. */
  readonly criticalException?: CriticalException;
  readonly sessionId: number;
  /** Has to set up a second factor first (`SECOND_FACTOR_REQUIRED_FOR`). */
  readonly mustEnrol?: boolean;
}

/** Of the columns; what a proxy forwards may be no address at all. */
const MAX_ADDRESS = 64;
const MAX_AGENT = 512;

/**
 * The origin of a change that came with a request: as it was when this was first asked. What is refused for its reason is
 * told of without one.
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

/** The one name of the request that no other request has; null where there is none. */
export const uniqueIdOf = ({ requestId, serverRequestId: own }: RequestContext): string | null => own ?? requestId;

/** Somebody of whom nothing is known but where they come from. */
export const anonymousPrincipal = (requestContext: RequestContext): Principal => ({
  id: null,
  username: 'visitor',
  role: 'visitor',
  sessionId: null,
  requestContext,
});

/** The product itself, as the author of what no user asked for. */
export function systemPrincipal(username: string, reason: string | null = null): Principal {
  const requestContext = { requestId: null, ip: null, userAgent: null, reason };
  return { id: null, username, role: 'system', sessionId: null, requestContext };
}

/** The same author, with the reason that a request body gave. */
export function withReason<A extends Principal>(principal: A, reason: string | undefined): A {
  return reason?.trim()
    ? { ...principal, requestContext: { ...principal.requestContext, reason: reason.trim() } }
    : principal;
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
  if (!user) throw new Error('@Me() on a route without @Can()');
  return user;
});

/** The caller of a route under `@Public`: nobody is known yet. */
export const Anonymous = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return anonymousPrincipal(requestContextOf(context.switchToHttp().getRequest<FastifyRequest>()));
});
