import { Controller, Delete, Get, Header, HttpCode, Patch, Post, Put, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Body, Query } from '../core/http/input.decorators.js';
import { Can } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { streamCsv } from '../core/http/csv.js';
import { ApiRoute, ETAG_HEADER } from '../core/http/api-docs.decorators.js';
import { IfMatchVersions, VersionedJson, type VersionCondition } from '../core/http/entity-tags.js';
import { ListResponse } from '../core/http/list-response.js';
import { PageQuery } from '../core/http/page.dto.js';
import { IdParam } from '../core/http/param.decorators.js';
import { CoreProblem } from '../core/http/problem.js';
import { spanned } from '../core/http/span.js';
import { PointInTimeAccess } from '../audit/point-in-time/point-in-time-access.service.js';
import { TaskExport, TaskFilter } from './list/task-filter.dto.js';
import { TaskInclude, TaskReadQuery } from './permissions/task-include.dto.js';
import { ReadOperation } from '../audit/access-log/read-operation.decorator.js';
import { ReadAccessRecorder } from '../audit/access-log/read-access.recorder.js';
import { TaskHistoryQueries } from './task-history.queries.js';
import { creatableTasks, editableTasks, historicalTasks, visibleTasks } from './task.policy.js';
import { BulkUpdate, BulkUpdated, HistoryView, NewTask, TaskPatch, TaskView } from './tasks.dto.js';
import { TaskProblem } from './tasks.problems.js';
import { CSV_COLUMNS, TasksQueries } from './tasks.queries.js';
import { TasksService } from './tasks.service.js';

const REFERENCES = [
  TaskProblem.assignee_not_found,
  TaskProblem.assignee_inactive,
  TaskProblem.parent_not_found,
  TaskProblem.tag_not_found,
];
const HIERARCHY = [TaskProblem.child_unfinished, TaskProblem.parent_completed, TaskProblem.too_many_concerned];
const CHANGE = [
  TaskProblem.task_not_found,
  ...REFERENCES,
  ...HIERARCHY,
  TaskProblem.task_cycle,
  CoreProblem.stale_version,
  CoreProblem.unknown_entity_tag,
  TaskProblem.reassignment_not_allowed,
];
const WRITTEN = { response: TaskView, headers: ETAG_HEADER, conditional: true, errors: CHANGE };

@ApiTags('tasks')
@Controller('tasks')
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly queries: TasksQueries,
    private readonly histories: TaskHistoryQueries,
    private readonly pointInTime: PointInTimeAccess,
    private readonly readAccess: ReadAccessRecorder,
  ) {}

  @Get()
  @Can(visibleTasks)
  @ApiRoute({
    summary: 'List tasks',
    description: 'The whole list that you may see or, with `limit`, a page of it. Developers see their own tasks.',
    response: [TaskView],
    paged: true,
  })
  async list(
    @CurrentUser() actor: Actor,
    @Query() filter: TaskFilter,
    @ReadOperation() read: ReadOperation,
  ): Promise<ListResponse<TaskView[]>> {
    const list = this.queries.list(actor, filter);
    await this.pointInTime.authorize(actor, historicalTasks, filter.as_of, read);
    return new ListResponse(filter, list);
  }

  @Post()
  @Can(creatableTasks)
  @ApiRoute({
    summary: 'Create a task',
    status: 201,
    response: TaskView,
    headers: ETAG_HEADER,
    errors: [
      ...REFERENCES,
      TaskProblem.parent_completed,
      TaskProblem.too_many_concerned,
      TaskProblem.reassignment_not_allowed,
    ],
  })
  create(
    @CurrentUser() actor: Actor,
    @Query() include: TaskInclude,
    @Body() task: NewTask,
  ): Promise<VersionedJson<TaskView>> {
    return this.tasks.create(actor, task, include);
  }

  @Get('export.csv')
  @Can(visibleTasks)
  @Header('Content-Disposition', 'attachment; filename="tasks.csv"')
  @ApiRoute({
    summary: 'Export tasks as CSV',
    description:
      'The list with the same filters, streamed; RFC 4180, UTF-8. The columns are the fields of a task, in their order and ' +
      'with their meaning, and `tag_names`; several tags of a task are separated by `; `. A cell that a spreadsheet would ' +
      'compute begins with an apostrophe. Recorded in the audit trail.',
    text: ['text/csv'],
  })
  async exportCsv(
    @CurrentUser() actor: Actor,
    @Query() query: TaskExport,
    @ReadOperation() read: ReadOperation,
  ): Promise<StreamableFile> {
    const selected = spanned(actor, query, 'deadline_after', 'deadline_before');
    await this.readAccess.record(actor, 'tasks.exported', read);
    return streamCsv(CSV_COLUMNS, this.queries.rows(actor, selected), query);
  }

  @Post('bulk-update')
  @HttpCode(200)
  @Can(editableTasks)
  @ApiRoute({
    summary: 'Change the status of many tasks',
    description: 'All or nothing, by the same rules as a single change.',
    response: BulkUpdated,
    errors: [TaskProblem.some_tasks_not_found, ...HIERARCHY, CoreProblem.not_yours],
  })
  async bulkUpdate(@CurrentUser() actor: Actor, @Body() body: BulkUpdate): Promise<BulkUpdated> {
    const updated = await this.tasks.bulkUpdate(actor, body);
    return { updated_count: updated, detail: `${updated} tasks updated successfully.` };
  }

  @Get(':id')
  @Can(visibleTasks)
  @ApiRoute({
    summary: 'Read a task',
    response: TaskView,
    headers: ETAG_HEADER,
    cacheable: true,
    errors: [TaskProblem.task_not_found],
  })
  async read(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Query() query: TaskReadQuery,
    @ReadOperation() read: ReadOperation,
  ): Promise<VersionedJson<TaskView>> {
    await this.pointInTime.authorize(actor, historicalTasks, query.as_of, read);
    return this.queries.visibleTaskOrThrow(actor, id, query);
  }

  @Patch(':id')
  @Can(editableTasks)
  @ApiRoute({
    summary: 'Change a task',
    description: 'A field left out keeps its value.',
    ...WRITTEN,
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Query() include: TaskInclude,
    @Body() patch: TaskPatch,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<TaskView>> {
    return this.tasks.update(actor, id, patch, condition, include);
  }

  @Put(':id')
  @Can(editableTasks)
  @ApiRoute({
    summary: 'Replace a task',
    description:
      'Needs the fields that a new task needs; optional ones left out keep their values, so that nothing is lost.',
    ...WRITTEN,
  })
  replace(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Query() include: TaskInclude,
    @Body() task: NewTask,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<TaskView>> {
    return this.tasks.update(actor, id, task, condition, include);
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(editableTasks)
  @ApiRoute({
    summary: 'Delete a task and its children',
    description:
      'They are in no list any more; auditors still read the records and their history, and a manager may restore them.',
    status: 204,
    conditional: true,
    errors: [
      TaskProblem.task_not_found,
      TaskProblem.too_many_concerned,
      CoreProblem.stale_version,
      CoreProblem.unknown_entity_tag,
      CoreProblem.not_yours,
    ],
  })
  delete(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<void> {
    return this.tasks.delete(actor, id, condition);
  }

  @Get(':id/history')
  @Can(visibleTasks)
  @ApiRoute({
    summary: 'Get the history of a task',
    description:
      'Every status change, cascade, re-assignment and escalation, oldest first. Auditors read that of deleted tasks too.',
    response: [HistoryView],
    paged: true,
    errors: [TaskProblem.task_not_found],
  })
  history(@CurrentUser() actor: Actor, @IdParam() id: number, @Query() query: PageQuery): ListResponse<HistoryView[]> {
    return new ListResponse(query, this.histories.list(actor, id, query));
  }
}
