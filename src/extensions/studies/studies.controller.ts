import { Controller, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { Body, Query } from '../../core/http/input.decorators.js';
import { Can } from '../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { ApiArea, ApiRoute, ETAG_HEADER } from '../../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../../core/http/entity-tags.js';
import { type ListResponse } from '../../core/http/list-response.js';
import { IdParam } from '../../core/http/param.decorators.js';
import { CoreProblem } from '../../core/http/problem.js';
import { CHANGE_ERRORS, STUDIES_AREA } from './records/api.js';
import { creatableStudies, managedStudies, visibleStudies } from './study.policy.js';
import { NewStudy, StudyFilter, StudyPatch, StudyView } from './studies.dto.js';
import { StudyProblem } from './studies.problems.js';
import { StudiesQueries } from './studies.queries.js';
import { StudiesService } from './studies.service.js';

const CHANGED = { response: StudyView, headers: ETAG_HEADER, conditional: true };

@ApiArea('studies', STUDIES_AREA)
@Controller('studies')
export class StudiesController {
  constructor(
    private readonly studies: StudiesService,
    private readonly queries: StudiesQueries,
  ) {}

  @Get()
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'List studies',
    description: 'Those that are open, and those that you are a member of. Auditors see all.',
    response: [StudyView],
    paged: true,
  })
  list(@CurrentUser() actor: Actor, @Query() filter: StudyFilter): ListResponse<StudyView[]> {
    return this.queries.list(actor, filter);
  }

  @Post()
  @Can(creatableStudies)
  @ApiRoute({
    summary: 'Set up a study',
    description: 'You become its project manager.',
    status: 201,
    response: StudyView,
    headers: ETAG_HEADER,
    errors: [StudyProblem.study_exists],
  })
  create(@CurrentUser() actor: Actor, @Body() body: NewStudy): Promise<VersionedJson<StudyView>> {
    return this.studies.create(actor, body);
  }

  @Get(':id')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Read a study',
    response: StudyView,
    headers: ETAG_HEADER,
    cacheable: true,
    errors: [StudyProblem.study_not_found],
  })
  read(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<VersionedJson<StudyView>> {
    return this.queries.readOrThrow(actor, id);
  }

  @Patch(':id')
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Change a study',
    description: 'A status that cannot follow the present one is refused, with those that can.',
    ...CHANGED,
    errors: [
      ...CHANGE_ERRORS,
      StudyProblem.study_exists,
      StudyProblem.status_not_reachable,
      StudyProblem.no_project_manager,
    ],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Body() body: StudyPatch,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<StudyView>> {
    return this.studies.update(actor, id, body, condition);
  }

  @Post(':id/lock')
  @HttpCode(200)
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Lock a study',
    description: 'Its records and its tasks do not change until it is unlocked. Needs a reason.',
    ...CHANGED,
    errors: [...CHANGE_ERRORS, CoreProblem.reason_required],
  })
  lock(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<StudyView>> {
    return this.studies.lock(actor, id, condition);
  }

  @Post(':id/unlock')
  @HttpCode(200)
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Unlock a study',
    description: 'Needs a reason.',
    ...CHANGED,
    errors: [...CHANGE_ERRORS, StudyProblem.study_not_locked, CoreProblem.reason_required],
  })
  unlock(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<StudyView>> {
    return this.studies.unlock(actor, id, condition);
  }
}
