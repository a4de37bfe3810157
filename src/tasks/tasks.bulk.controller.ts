import { Controller, HttpCode, Patch, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Body, Query } from '../core/http/input.decorators.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { Can } from '../core/authorization/can.decorator.js';
import { ApiRoute } from '../core/http/api-docs.decorators.js';
import { CoreProblem, Problem } from '../core/http/problem.js';
import { BulkChangeService } from './bulk-change.service.js';
import { BulkCreationService } from './bulk-creation.service.js';
import { creatableTasks, editableTasks } from './task.policy.js';
import { BulkQuery, BulkResult, NewTasks, TaskChanges, type BulkItem } from './tasks.bulk.dto.js';
import { TaskProblem } from './tasks.problems.js';

/** A thousand tasks with all their fields, and some tags each. */
const MAX_BODY_VALUES = 25_000;
const REFERENCES = [
  TaskProblem.assignee_not_found,
  TaskProblem.assignee_inactive,
  TaskProblem.parent_not_found,
  TaskProblem.tag_not_found,
  TaskProblem.parent_completed,
  TaskProblem.too_many_concerned,
  TaskProblem.reassignment_not_allowed,
];
const MODES =
  'With `mode=atomic`, the default, all or none: the answer is the problem of the first item that fails, with the `results` of those ' +
  'that fail. With `mode=partial` the others are done. `dry_run=true` does all of it and rolls it back.';

@ApiTags('tasks')
@Controller('tasks/bulk')
export class TasksBulkController {
  constructor(
    private readonly creation: BulkCreationService,
    private readonly changes: BulkChangeService,
  ) {}

  @Post()
  @HttpCode(200)
  @RouteConfig({ maxBodyValues: MAX_BODY_VALUES })
  @Can(creatableTasks)
  @ApiRoute({
    operationId: 'tasks_bulkCreate',
    summary: 'Create many tasks',
    description: `Up to 1,000, by the same rules as single ones, in one transaction. ${MODES}`,
    response: BulkResult,
    errors: REFERENCES,
  })
  async create(
    @CurrentUser() actor: Actor,
    @Query() query: BulkQuery,
    @Body() { tasks }: NewTasks,
    @Req() request: FastifyRequest,
  ): Promise<BulkResult> {
    const { mode = 'atomic', dry_run: dryRun = false } = query;
    return resultOf(query, await withItemProblems(request, this.creation.create(actor, tasks, mode, dryRun)));
  }

  @Patch()
  @Can(editableTasks)
  @ApiRoute({
    operationId: 'tasks_bulkChange',
    summary: 'Change fields of many tasks',
    description: `Gives up to 1,000 tasks the same new values, by the same rules as single changes, in one transaction. Title and description may have 5,000,000 characters for all tasks together. ${MODES}`,
    response: BulkResult,
    errors: [
      TaskProblem.task_not_found,
      ...REFERENCES,
      TaskProblem.child_unfinished,
      TaskProblem.task_cycle,
      CoreProblem.not_yours,
    ],
  })
  async change(
    @CurrentUser() actor: Actor,
    @Query() query: BulkQuery,
    @Body() changes: TaskChanges,
    @Req() request: FastifyRequest,
  ): Promise<BulkResult> {
    const { mode = 'atomic', dry_run: dryRun = false } = query;
    return resultOf(query, await withItemProblems(request, this.changes.change(actor, changes, mode, dryRun)));
  }
}

/** Reports the problems that the answer names to the audit of denied access, which sees one status per response. */
async function withItemProblems(request: FastifyRequest, work: Promise<BulkItem[]>): Promise<BulkItem[]> {
  const report = (items: readonly BulkItem[]) => {
    request.itemProblems = items.flatMap(({ problem }) => problem ?? []);
  };
  try {
    const results = await work;
    report(results);
    return results;
  } catch (error) {
    if (error instanceof Problem && error.extras.results) report(error.extras.results as BulkItem[]);
    throw error;
  }
}

function resultOf({ mode = 'atomic', dry_run = false }: BulkQuery, results: BulkItem[]): BulkResult {
  const failed = results.filter(({ problem }) => problem).length;
  return { mode, dry_run, succeeded_count: results.length - failed, failed_count: failed, results };
}
