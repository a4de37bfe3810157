import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Body } from '../../core/http/input.decorators.js';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { anyAuthenticatedUser, Can } from '../../core/authorization/can.decorator.js';
import { ApiRoute } from '../../core/http/api-docs.decorators.js';
import { NoIdempotencyKey } from '../../core/http/idempotency.decorators.js';
import { UserProblem } from '../../users/users.problems.js';
import { TaskProblem } from '../tasks.problems.js';
import { PolicyDecision, PolicyQuestion } from './task-permissions.dto.js';
import { TaskPermissionsService } from './task-permissions.service.js';

@ApiTags('policy')
@Controller('policy')
export class TaskPermissionsController {
  constructor(private readonly permissions: TaskPermissionsService) {}

  @Post('explain')
  @HttpCode(200)
  @Can(anyAuthenticatedUser)
  @NoIdempotencyKey('it changes nothing')
  @ApiRoute({
    operationId: 'policy_explain',
    summary: 'Explain what you, or someone you see, may do with a task',
    description:
      'Judged by the rules that a call is judged by, now or at another time. Changes nothing. A task or user that you do not ' +
      'see is not found.',
    response: PolicyDecision,
    errors: [TaskProblem.task_not_found, UserProblem.user_not_found],
  })
  explain(@CurrentUser() actor: Actor, @Body() question: PolicyQuestion): Promise<PolicyDecision> {
    return this.permissions.explain(actor, question);
  }
}
