import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { explainDenial } from './can.decorator.js';
import { type Actor } from './actor.js';
import { Clock } from '../clock.js';
import { routePolicyOf } from './roles.guard.js';
import { WorkingCalendar } from './working-calendar.js';

/** Asks the policy of the route what this actor could be allowed now. Contains no rule of its own. */
@Injectable()
export class WorkingHoursGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const access = routePolicyOf(this.reflector, context);
    if (access === 'public') return true;
    const actor = context.switchToHttp().getRequest<FastifyRequest>().user as Actor;
    if (access && access(actor).length > 0) return true;
    throw access
      ? explainDenial(access, actor, this.calendar, this.clock.now())
      : new Error('RolesGuard must run first');
  }
}
