import { Controller, Get, Patch, Post } from '@nestjs/common';
import { Body, Query } from '../../../core/http/input.decorators.js';
import { Can } from '../../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../core/authorization/actor.js';
import { ApiArea, ApiRoute, ETAG_HEADER } from '../../../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { type ListResponse } from '../../../core/http/list-response.js';
import { IdParam } from '../../../core/http/param.decorators.js';
import { CHANGE_ERRORS, STUDIES_AREA, WRITE_ERRORS } from '../records/api.js';
import { StudyRecordsQueries } from '../records/study-records.queries.js';
import { reportableStudies, visibleStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { DEVIATIONS, deviationConditions } from './deviation-kind.sql.js';
import { DeviationFilter, DeviationPatch, DeviationView, NewDeviation } from './deviations.dto.js';
import { DeviationsService } from './deviations.service.js';

@ApiArea('studies', STUDIES_AREA)
@Controller('studies/:study_id/deviations')
export class DeviationsController {
  constructor(
    private readonly deviations: DeviationsService,
    private readonly queries: StudyRecordsQueries,
  ) {}

  @Get()
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'List protocol deviations of a study',
    description: 'The fields are those of SDTM DV; a participant is known by the code of the site alone.',
    response: [DeviationView],
    paged: true,
    errors: [StudyProblem.study_not_found],
  })
  list(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Query() filter: DeviationFilter,
  ): Promise<ListResponse<DeviationView[]>> {
    return this.queries.list(actor, DEVIATIONS, studyId, filter, deviationConditions(filter));
  }

  @Post()
  @Can(reportableStudies)
  @ApiRoute({
    summary: 'Record a protocol deviation',
    status: 201,
    response: DeviationView,
    headers: ETAG_HEADER,
    errors: [...WRITE_ERRORS, StudyProblem.monitoring_visit_not_found, StudyProblem.deviation_exists],
  })
  create(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Body() body: NewDeviation,
  ): Promise<VersionedJson<DeviationView>> {
    return this.deviations.create(actor, studyId, body);
  }

  @Get(':id')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Read a protocol deviation',
    response: DeviationView,
    headers: ETAG_HEADER,
    errors: [StudyProblem.study_not_found, StudyProblem.deviation_not_found],
  })
  read(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
  ): Promise<VersionedJson<DeviationView>> {
    return this.queries.readOrThrow(actor, DEVIATIONS, studyId, id);
  }

  @Patch(':id')
  @Can(reportableStudies)
  @ApiRoute({
    summary: 'Change a protocol deviation',
    response: DeviationView,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [
      ...CHANGE_ERRORS,
      StudyProblem.deviation_not_found,
      StudyProblem.monitoring_visit_not_found,
      StudyProblem.deviation_exists,
    ],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @Body() body: DeviationPatch,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<DeviationView>> {
    return this.deviations.update(actor, studyId, id, body, condition);
  }
}
