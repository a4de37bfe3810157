import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Can } from '../core/authorization/can.decorator.js';
import { Me, type Actor } from '../core/authorization/actor.js';
import { JsonText } from '../core/http/streamed-response.js';
import { csvStream } from '../core/http/csv.js';
import { Documents, PAGE_HEADERS } from '../core/http/api-docs.decorators.js';
import { answerTagged, IfMatch, tagOf, type VersionCondition } from '../core/http/entity-tags.js';
import { answerList } from '../core/http/list-response.js';
import { PageQuery } from '../core/http/page.dto.js';
import { Id } from '../core/http/param.decorators.js';
import { CoreProblem } from '../core/http/problem.js';
import { spanned } from '../core/http/span.js';
import { Past } from '../audit/point-in-time/point-in-time.service.js';
import { PastQuery } from '../audit/point-in-time/as-of.dto.js';
import { TaskExport, TaskFilter } from './list/task-filter.dto.js';
import { type ShownTask } from './list/task-serializer.js';
import { Disclosures } from '../audit/access-log/read-access.recorder.js';
import { TaskHistoryQueries } from './task-history.queries.js';
import { creatableTasks, editableTasks, pastTasks, visibleTasks } from './task.policy.js';
import { BulkUpdate, BulkUpdated, HistoryView, NewTask, TaskPatch, TaskView } from './tasks.dto.js';
import { taskNotFound, TaskProblem } from './tasks.events.js';
import { CSV_COLUMNS, TasksQueries } from './tasks.queries.js';
import { TasksService } from './tasks.service.js';

const REFERENCES = [
  TaskProblem.assignee_not_found,
  TaskProblem.assignee_inactive,
  TaskProblem.parent_not_found,
  TaskProblem.tag_not_found,
];
const FAMILY = [TaskProblem.child_unfinished, TaskProblem.parent_completed];
const CHANGE = [
  TaskProblem.task_not_found,
  ...REFERENCES,
  ...FAMILY,
  TaskProblem.task_cycle,
  TaskProblem.stale_version,
  CoreProblem.unknown_entity_tag,
  TaskProblem.reassignment_not_allowed,
];
const ETAG = { ETag: { description: 'The version of the task', schema: { type: 'string' as const, example: '"1"' } } };
const WRITTEN = { answer: TaskView, headers: ETAG, conditional: true, refuses: CHANGE };

@ApiTags('tasks')
@Controller('tasks')
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly queries: TasksQueries,
    private readonly histories: TaskHistoryQueries,
    private readonly past: Past,
    private readonly disclosures: Disclosures,
  ) {}

  @Get()
  @Can(visibleTasks)
  @Documents({
    summary: 'List tasks',
    description: 'The whole list that you may see or, with `limit`, a page of it. Developers see their own tasks.',
    answer: [TaskView],
    headers: PAGE_HEADERS,
    refuses: [CoreProblem.invalid_cursor],
  })
  async list(
    @Me() me: Actor,
    @Query() filter: TaskFilter,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<TaskView[]> | StreamableFile> {
    const listed = spanned(me, filter, 'deadline_after', 'deadline_before');
    await this.past.enter(me, pastTasks, filter.as_of, request);
    return answerList(request, reply, filter, {
      count: () => this.queries.count(me, listed),
      page: (limit) => this.queries.page(me, listed, limit),
      all: () => this.queries.all(me, listed),
    });
  }

  @Post()
  @Can(creatableTasks)
  @Documents({
    summary: 'Create a task',
    status: 201,
    answer: TaskView,
    headers: ETAG,
    refuses: [...REFERENCES, TaskProblem.parent_completed, TaskProblem.reassignment_not_allowed],
  })
  async create(
    @Me() me: Actor,
    @Body() task: NewTask,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<TaskView>> {
    return tagged(reply, await this.tasks.create(me, task));
  }

  @Get('export.csv')
  @Can(visibleTasks)
  @Header('Content-Disposition', 'attachment; filename="tasks.csv"')
  @Documents({
    summary: 'Export tasks as CSV',
    description:
      'The list with the same filters, streamed; RFC 4180, UTF-8. The columns are the fields of a task, in their order and ' +
      'with their meaning, and `tag_names`; several tags of a task are separated by `; `. A cell that a spreadsheet would ' +
      'compute begins with an apostrophe. Recorded in the audit trail.',
    text: ['text/csv'],
  })
  async exportCsv(
    @Me() me: Actor,
    @Query() query: TaskExport,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    const selected = spanned(me, query, 'deadline_after', 'deadline_before');
    await this.disclosures.record(me, 'tasks.exported', request);
    return csvStream(CSV_COLUMNS, this.queries.rows(me, selected), query);
  }

  @Post('bulk-update')
  @HttpCode(200)
  @Can(editableTasks)
  @Documents({
    summary: 'Change the status of many tasks',
    description: 'All or nothing, by the same rules as a single change.',
    answer: BulkUpdated,
    refuses: [TaskProblem.some_tasks_not_found, ...FAMILY, CoreProblem.not_yours],
  })
  async bulkUpdate(@Me() me: Actor, @Body() body: BulkUpdate): Promise<BulkUpdated> {
    const updated = await this.tasks.bulkUpdate(me, body);
    return { updated_count: updated, detail: `${updated} tasks updated successfully.` };
  }

  @Get(':id')
  @Can(visibleTasks)
  @Documents({
    summary: 'Read a task',
    answer: TaskView,
    headers: ETAG,
    cacheable: true,
    refuses: [TaskProblem.task_not_found],
  })
  async read(
    @Me() me: Actor,
    @Id() id: number,
    @Query() { as_of }: PastQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<TaskView> | undefined> {
    await this.past.enter(me, pastTasks, as_of, request);
    const task = await this.queries.visibleTask(me, id, as_of);
    if (!task) throw taskNotFound(id);
    return answerTagged(request, reply, task);
  }

  @Patch(':id')
  @Can(editableTasks)
  @Documents({
    summary: 'Change a task',
    description: 'A field left out keeps its value.',
    ...WRITTEN,
  })
  async update(
    @Me() me: Actor,
    @Id() id: number,
    @Body() patch: TaskPatch,
    @IfMatch() condition: VersionCondition | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<TaskView>> {
    return tagged(reply, await this.tasks.update(me, id, patch, condition));
  }

  @Put(':id')
  @Can(editableTasks)
  @Documents({
    summary: 'Replace a task',
    description:
      'Needs the fields that a new task needs; optional ones left out keep their values, so that nothing is lost.',
    ...WRITTEN,
  })
  async replace(
    @Me() me: Actor,
    @Id() id: number,
    @Body() task: NewTask,
    @IfMatch() condition: VersionCondition | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<TaskView>> {
    return tagged(reply, await this.tasks.update(me, id, task, condition));
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(editableTasks)
  @Documents({
    summary: 'Delete a task and its children',
    description: 'They leave every list; the records and their history stay for the auditor.',
    status: 204,
    conditional: true,
    refuses: [
      TaskProblem.task_not_found,
      TaskProblem.stale_version,
      CoreProblem.unknown_entity_tag,
      CoreProblem.not_yours,
    ],
  })
  delete(@Me() me: Actor, @Id() id: number, @IfMatch() condition: VersionCondition | undefined): Promise<void> {
    return this.tasks.delete(me, id, condition);
  }

  @Get(':id/history')
  @Can(visibleTasks)
  @Documents({
    summary: 'What became of a task',
    description:
      'Every status change, cascade, re-assignment and escalation, oldest first. Auditors read that of deleted tasks too.',
    answer: [HistoryView],
    headers: PAGE_HEADERS,
    refuses: [TaskProblem.task_not_found, CoreProblem.invalid_cursor],
  })
  history(
    @Me() me: Actor,
    @Id() id: number,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<HistoryView[]> | StreamableFile> {
    return answerList(request, reply, query, {
      count: () => this.histories.count(me, id),
      page: (limit) => this.histories.page(me, id, query, limit),
      all: () => this.histories.all(me, id, query),
    });
  }
}

function tagged(reply: FastifyReply, { json, version }: ShownTask): JsonText<TaskView> {
  void reply.header('ETag', tagOf(version));
  return new JsonText(json);
}
