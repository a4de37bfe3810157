import { Controller, Get, Patch, Post } from '@nestjs/common';
import { Body, Query } from '../../../core/http/input.decorators.js';
import { Can } from '../../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../core/authorization/actor.js';
import { ApiArea, ApiRoute, ETAG_HEADER } from '../../../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { type ListResponse } from '../../../core/http/list-response.js';
import { IdParam } from '../../../core/http/param.decorators.js';
import { UserProblem } from '../../../users/users.problems.js';
import { CHANGE_ERRORS, STUDIES_AREA, WRITE_ERRORS } from '../records/api.js';
import { StudyRecordsQueries } from '../records/study-records.queries.js';
import { reportableStudies, visibleStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { TRAININGS, trainingConditions } from './training-kind.sql.js';
import { NewTraining, TrainingFilter, TrainingPatch, TrainingView } from './trainings.dto.js';
import { TrainingsService } from './trainings.service.js';

@ApiArea('studies', STUDIES_AREA)
@Controller('studies/:study_id/training')
export class TrainingsController {
  constructor(
    private readonly trainings: TrainingsService,
    private readonly queries: StudyRecordsQueries,
  ) {}

  @Get()
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'List trainings of a study',
    response: [TrainingView],
    paged: true,
    errors: [StudyProblem.study_not_found],
  })
  list(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Query() filter: TrainingFilter,
  ): Promise<ListResponse<TrainingView[]>> {
    return this.queries.list(actor, TRAININGS, studyId, filter, trainingConditions(filter));
  }

  @Post()
  @Can(reportableStudies)
  @ApiRoute({
    summary: 'Record a training of a member',
    status: 201,
    response: TrainingView,
    headers: ETAG_HEADER,
    errors: [...WRITE_ERRORS, UserProblem.user_not_found],
  })
  create(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Body() body: NewTraining,
  ): Promise<VersionedJson<TrainingView>> {
    return this.trainings.create(actor, studyId, body);
  }

  @Get(':id')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Read a training',
    response: TrainingView,
    headers: ETAG_HEADER,
    errors: [StudyProblem.study_not_found, StudyProblem.training_not_found],
  })
  read(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
  ): Promise<VersionedJson<TrainingView>> {
    return this.queries.readOrThrow(actor, TRAININGS, studyId, id);
  }

  @Patch(':id')
  @Can(reportableStudies)
  @ApiRoute({
    summary: 'Change a training',
    response: TrainingView,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [...CHANGE_ERRORS, StudyProblem.training_not_found, UserProblem.user_not_found],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @Body() body: TrainingPatch,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<TrainingView>> {
    return this.trainings.update(actor, studyId, id, body, condition);
  }
}
