import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { Body, Query } from '../../../core/http/input.decorators.js';
import { Can } from '../../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../core/authorization/actor.js';
import { ApiArea, ApiRoute, ETAG_HEADER } from '../../../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { type ListResponse } from '../../../core/http/list-response.js';
import { IdParam } from '../../../core/http/param.decorators.js';
import { CHANGE_ERRORS, STUDIES_AREA, WRITE_ERRORS } from '../records/api.js';
import { StudyRecordsQueries } from '../records/study-records.queries.js';
import { managedStudies, visibleStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { MILESTONES, milestoneConditions } from './milestone-kind.sql.js';
import { MilestoneFilter, MilestonePatch, MilestoneView, NewMilestone } from './milestones.dto.js';
import { MilestonesService } from './milestones.service.js';

@ApiArea('studies', STUDIES_AREA)
@Controller('studies/:study_id/milestones')
export class MilestonesController {
  constructor(
    private readonly milestones: MilestonesService,
    private readonly queries: StudyRecordsQueries,
  ) {}

  @Get()
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'List milestones of a study',
    response: [MilestoneView],
    paged: true,
    errors: [StudyProblem.study_not_found],
  })
  list(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Query() filter: MilestoneFilter,
  ): Promise<ListResponse<MilestoneView[]>> {
    return this.queries.list(actor, MILESTONES, studyId, filter, milestoneConditions(filter));
  }

  @Post()
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Plan a milestone of a study or a site',
    status: 201,
    response: MilestoneView,
    headers: ETAG_HEADER,
    errors: [...WRITE_ERRORS],
  })
  create(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Body() body: NewMilestone,
  ): Promise<VersionedJson<MilestoneView>> {
    return this.milestones.create(actor, studyId, body);
  }

  @Get(':id')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Read a milestone',
    response: MilestoneView,
    headers: ETAG_HEADER,
    errors: [StudyProblem.study_not_found, StudyProblem.milestone_not_found],
  })
  read(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
  ): Promise<VersionedJson<MilestoneView>> {
    return this.queries.readOrThrow(actor, MILESTONES, studyId, id);
  }

  @Patch(':id')
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Change a milestone',
    response: MilestoneView,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [...CHANGE_ERRORS, StudyProblem.milestone_not_found],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @Body() body: MilestonePatch,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<MilestoneView>> {
    return this.milestones.update(actor, studyId, id, body, condition);
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Remove a milestone',
    status: 204,
    conditional: true,
    errors: [...CHANGE_ERRORS, StudyProblem.milestone_not_found],
  })
  delete(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<void> {
    return this.milestones.delete(actor, studyId, id, condition);
  }
}
