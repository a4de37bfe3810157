import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ROUTE_POLICY, ownAccount, type RoutePolicy } from './can.decorator.js';
import { denial } from './decision.js';
import { type Actor } from './actor.js';
import { Clock } from '../clock.js';
import { CoreProblem, Problem } from '../http/problem.js';
import { assertReasonReadable } from '../http/change-reason.header.js';
import { bearerToken } from './bearer-token.js';
import { RequestBudgets } from './request-budgets.js';
import { RateLimiter } from './rate-limiter.js';
import { WorkingCalendar } from './working-calendar.js';

const CHALLENGE = { headers: { 'WWW-Authenticate': 'Bearer' } };

/**
 * Authenticates the access token into an `Actor`, counts the request, and evaluates the route's policy for what this
 * role could ever be allowed. Closed by default: a route that declares no policy is denied. Contains no rule of its
 * own.
 */
@Injectable()
export class RolesGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly rateLimiter: RateLimiter,
    private readonly budgets: RequestBudgets,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = routePolicyOf(this.reflector, context);
    if (!policy) throw CoreProblem.role_not_allowed('This route declares no policy, so no one may use it');
    if (policy !== 'public') await this.authenticate(context);
    await this.rateLimiter.consume(context);
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { raw } = http.getResponse<FastifyReply>();
    const admission = policy === 'public' ? undefined : this.budgets.admit(request, raw);
    if (admission) await admission;
    if (policy !== 'public') this.assertEverAllowed(policy, request.user as Actor);
    assertReasonReadable(request);
    return true;
  }

  private assertEverAllowed(policy: Exclude<RoutePolicy, 'public'>, actor: Actor): void {
    if (actor.mustEnrol && policy !== ownAccount) throw CoreProblem.second_factor_enrolment_required();
    if (policy({ ...actor, atWork: true }).length > 0) return;
    throw denial(policy, actor, this.calendar, this.clock.now());
  }

  /** Counts a request that fails authentication too, so that guessing tokens is limited. */
  private async authenticate(context: ExecutionContext): Promise<void> {
    try {
      await super.canActivate(context);
    } catch (error) {
      if (error instanceof Problem && error.getStatus() === 401) await this.rateLimiter.consume(context);
      throw error;
    }
  }

  override handleRequest<T>(error: unknown, user: T | false, _info: unknown, context: ExecutionContext): T {
    if (error) throw error as Error;
    if (user) return user;
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    throw bearerToken(authorization) !== undefined ? invalidToken() : unauthenticated(authorization);
  }
}

/** Makes the 401 for a request without a token; a token in another form than Bearer is none. */
function unauthenticated(authorization: string | undefined): Problem {
  const form = 'Send the access token in the header Authorization, as "Bearer" and the token, divided by a blank';
  return CoreProblem.unauthenticated(authorization === undefined ? undefined : form, CHALLENGE);
}

/** Makes the 401 for a token that is invalid, expired or revoked. */
export function invalidToken(detail?: string, code?: Problem['code']): Problem {
  const extras = { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } };
  if (code) return new Problem(code, 401, CoreProblem.invalid_token.title, detail ?? '', extras);
  return CoreProblem.invalid_token(detail, extras);
}

/** Caches policies by controller and handler: each request looks its own up three times. */
const declaredPolicies = new WeakMap<object, WeakMap<object, RoutePolicy | undefined>>();

/** Returns the policy that a route, or else its controller, declares. */
export function routePolicyOf(reflector: Reflector, context: ExecutionContext): RoutePolicy | undefined {
  const controller = context.getClass();
  const handler = context.getHandler();
  const routes = declaredPolicies.get(controller) ?? new WeakMap<object, RoutePolicy | undefined>();
  if (!routes.has(handler)) {
    routes.set(handler, reflector.getAllAndOverride<RoutePolicy | undefined>(ROUTE_POLICY, [handler, controller]));
    declaredPolicies.set(controller, routes);
  }
  return routes.get(handler);
}
