import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { denial } from './decision.js';
import { type Actor } from './actor.js';
import { type Problem } from '../http/problem.js';
import { Clock } from '../clock.js';
import { IdempotentRequestsService } from '../http/idempotent-requests.service.js';
import { routePolicyOf } from './roles.guard.js';
import { WorkingCalendar } from './working-calendar.js';

/**
 * Evaluates the route's policy for what this actor is allowed now. Contains no rule of its own. A change that was made in
 * time may be repeated later with its `Idempotency-Key`: the request then gets the first answer and nothing else.
 */
@Injectable()
export class WorkingHoursGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly idempotentRequests: IdempotentRequestsService,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = routePolicyOf(this.reflector, context);
    if (policy === 'public') return true;
    const actor = context.switchToHttp().getRequest<FastifyRequest>().user as Actor;
    if (policy && policy(actor).length > 0) return true;
    if (!policy) throw new Error('RolesGuard must run first');
    return this.admitReplayOnly(context, denial(policy, actor, this.calendar, this.clock.now()));
  }

  private async admitReplayOnly(context: ExecutionContext, problem: Problem): Promise<boolean> {
    if (await this.idempotentRequests.admitsReplay(context, problem)) return true;
    throw problem;
  }
}
