import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Query } from '../core/http/input.decorators.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { Can } from '../core/authorization/can.decorator.js';
import { ApiRoute, ETAG_HEADER } from '../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../core/http/entity-tags.js';
import { IdParam } from '../core/http/param.decorators.js';
import { CoreProblem } from '../core/http/problem.js';
import { TaskInclude } from './permissions/task-include.dto.js';
import { TaskRestorationService } from './task-restoration.service.js';
import { restorableTasks } from './task.policy.js';
import { TaskView } from './tasks.dto.js';
import { TaskProblem } from './tasks.problems.js';

@ApiTags('tasks')
@Controller('tasks')
export class TaskRestorationController {
  constructor(private readonly restoration: TaskRestorationService) {}

  @Post(':id/restore')
  @HttpCode(200)
  @Can(restorableTasks)
  @ApiRoute({
    operationId: 'tasks_restore',
    summary: 'Restore a deleted task',
    description:
      'Brings back the task and the children that were deleted with it, as they were, with their tags and history. Their ' +
      'assignees are notified. A task whose parent is deleted comes back with the parent.',
    response: TaskView,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [
      TaskProblem.task_not_found,
      TaskProblem.task_not_deleted,
      TaskProblem.parent_deleted,
      TaskProblem.parent_completed,
      TaskProblem.assignee_inactive,
      TaskProblem.task_redacted,
      CoreProblem.stale_version,
      CoreProblem.unknown_entity_tag,
    ],
  })
  restore(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
    @Query() include: TaskInclude,
  ): Promise<VersionedJson<TaskView>> {
    return this.restoration.restore(actor, id, condition, include);
  }
}
