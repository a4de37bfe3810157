import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { explainDenial } from './can.decorator.js';
import { type Actor } from './actor.js';
import { Clock } from '../clock.js';
import { routePolicyOf } from './roles.guard.js';
import { WorkingCalendar } from './working-calendar.js';

/** Evaluates the route's policy for what this actor is allowed now. Contains no rule of its own. */
@Injectable()
export class WorkingHoursGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const policy = routePolicyOf(this.reflector, context);
    if (policy === 'public') return true;
    const actor = context.switchToHttp().getRequest<FastifyRequest>().user as Actor;
    if (policy && policy(actor).length > 0) return true;
    throw policy
      ? explainDenial(policy, actor, this.calendar, this.clock.now())
      : new Error('RolesGuard must run first');
  }
}
