import { Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { Body } from '../../../core/http/input.decorators.js';
import { Can } from '../../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../core/authorization/actor.js';
import { ApiArea, ApiRoute, ETAG_HEADER } from '../../../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { IdParam } from '../../../core/http/param.decorators.js';
import { visibleTasks } from '../../../tasks/task.policy.js';
import { TasksQueries } from '../../../tasks/tasks.queries.js';
import { TaskProblem } from '../../../tasks/tasks.problems.js';
import { CHANGE_ERRORS, STUDIES_AREA } from '../records/api.js';
import { linkableTasks } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { NewTaskLink, TaskLinkView } from './task-links.dto.js';
import { TaskLinksQueries } from './task-links.queries.js';
import { TaskLinksService } from './task-links.service.js';

@ApiArea('studies', STUDIES_AREA)
@Controller('tasks/:id/study')
export class TaskLinksController {
  constructor(
    private readonly links: TaskLinksService,
    private readonly queries: TaskLinksQueries,
    private readonly tasks: TasksQueries,
  ) {}

  @Get()
  @Can(visibleTasks)
  @ApiRoute({
    summary: 'Read the study that a task belongs to',
    response: TaskLinkView,
    headers: ETAG_HEADER,
    cacheable: true,
    errors: [TaskProblem.task_not_found, StudyProblem.task_not_linked],
  })
  async read(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<VersionedJson<TaskLinkView>> {
    await this.tasks.visibleAttributesOrThrow(actor, id);
    return this.queries.readOrThrow(actor, id);
  }

  @Put()
  @Can(linkableTasks)
  @ApiRoute({
    summary: 'Link a task to a study',
    description: 'A task belongs to one study at most; this replaces the link that it has.',
    response: TaskLinkView,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [
      ...CHANGE_ERRORS,
      TaskProblem.task_not_found,
      StudyProblem.task_not_linked,
      StudyProblem.milestone_not_found,
      StudyProblem.monitoring_visit_not_found,
      StudyProblem.deviation_not_found,
      StudyProblem.training_not_found,
      StudyProblem.assignee_not_a_member,
    ],
  })
  put(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Body() body: NewTaskLink,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<TaskLinkView>> {
    return this.links.put(actor, id, body, condition);
  }

  @Delete()
  @HttpCode(204)
  @Can(linkableTasks)
  @ApiRoute({
    summary: 'Take a task out of its study',
    status: 204,
    conditional: true,
    errors: [...CHANGE_ERRORS, TaskProblem.task_not_found, StudyProblem.task_not_linked],
  })
  delete(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<void> {
    return this.links.delete(actor, id, condition);
  }
}
