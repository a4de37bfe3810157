import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { type FastifyRequest } from 'fastify';
import { ROUTE_POLICY, ownAccount, explainDenial, type RoutePolicy } from './can.decorator.js';
import { type Actor } from './actor.js';
import { Clock } from '../clock.js';
import { CoreProblem, Problem } from '../http/problem.js';
import { assertReasonReadable } from '../http/change-reason.header.js';
import { RequestBudgets } from './request-budgets.js';
import { RateLimiter } from './rate-limiter.js';
import { WorkingCalendar } from './working-calendar.js';

const CHALLENGE = { headers: { 'WWW-Authenticate': 'Bearer' } };

/**
 * Turns the access token into an `Actor`, has the request counted, and asks the policy of the route what this role could ever be allowed.
 * Closed: a route that declares nothing is refused. Contains no rule of its own.
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
    const access = routePolicyOf(this.reflector, context);
    if (!access) throw CoreProblem.role_not_allowed('This route declares no policy, so nobody may use it');
    if (access !== 'public') await this.authenticate(context);
    await this.rateLimiter.consume(context);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const turn = access === 'public' ? undefined : this.budgets.admit(request);
    if (turn) await turn;
    if (access !== 'public') this.refuse(access, request.user as Actor);
    assertReasonReadable(request);
    return true;
  }

  private refuse(access: Exclude<RoutePolicy, 'public'>, actor: Actor): void {
    if (actor.mustEnrol && access !== ownAccount) throw CoreProblem.second_factor_enrolment_required();
    if (access({ ...actor, atWork: true }).length > 0) return;
    throw explainDenial(access, actor, this.calendar, this.clock.now());
  }

  /** A request that is not let in counts as well, so that bad tokens have a limit. */
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
    throw authorization ? invalidToken() : CoreProblem.unauthenticated(undefined, CHALLENGE);
  }
}

/** 401 for a token that is not, or no longer, good. */
export function invalidToken(detail?: string, code?: Problem['code']): Problem {
  const extras = { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } };
  if (code) return new Problem(code, 401, CoreProblem.invalid_token.title, detail ?? '', extras);
  return CoreProblem.invalid_token(detail, extras);
}

/** By controller and handler, since each request asks three times. */
const declared = new WeakMap<object, WeakMap<object, RoutePolicy | undefined>>();

/** What a route, or else its controller, declares. */
export function routePolicyOf(reflector: Reflector, context: ExecutionContext): RoutePolicy | undefined {
  const [controller, handler] = [context.getClass(), context.getHandler()];
  const routes = declared.get(controller) ?? new WeakMap<object, RoutePolicy | undefined>();
  if (!routes.has(handler)) {
    routes.set(handler, reflector.getAllAndOverride<RoutePolicy | undefined>(ROUTE_POLICY, [handler, controller]));
    declared.set(controller, routes);
  }
  return routes.get(handler);
}
