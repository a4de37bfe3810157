import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { Body, Query } from '../../../core/http/input.decorators.js';
import { Can } from '../../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../core/authorization/actor.js';
import { ApiArea, ApiRoute, ETAG_HEADER } from '../../../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { type ListResponse } from '../../../core/http/list-response.js';
import { IdParam } from '../../../core/http/param.decorators.js';
import { UserProblem } from '../../../users/users.problems.js';
import { CHANGE_ERRORS, STUDIES_AREA, WRITE_ERRORS } from '../records/api.js';
import { assertForward } from '../records/filters.js';
import { StudyRecordsQueries } from '../records/study-records.queries.js';
import { reportableStudies, visibleStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { MONITORING_VISITS, visitConditions } from './monitoring-visit-kind.sql.js';
import {
  MonitoringVisitFilter,
  MonitoringVisitPatch,
  MonitoringVisitView,
  NewMonitoringVisit,
} from './monitoring-visits.dto.js';
import { MonitoringVisitsService } from './monitoring-visits.service.js';

@ApiArea('studies', STUDIES_AREA)
@Controller('studies/:study_id/monitoring-visits')
export class MonitoringVisitsController {
  constructor(
    private readonly visits: MonitoringVisitsService,
    private readonly queries: StudyRecordsQueries,
  ) {}

  @Get()
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'List monitoring visits of a study',
    response: [MonitoringVisitView],
    paged: true,
    errors: [StudyProblem.study_not_found],
  })
  list(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Query() filter: MonitoringVisitFilter,
  ): Promise<ListResponse<MonitoringVisitView[]>> {
    assertForward(filter, 'planned_from', 'planned_to');
    return this.queries.list(actor, MONITORING_VISITS, studyId, filter, visitConditions(filter));
  }

  @Post()
  @Can(reportableStudies)
  @ApiRoute({
    summary: 'Plan a monitoring visit',
    description: 'Creates its follow-up tasks too, where the study has templates for visits of this type.',
    status: 201,
    response: MonitoringVisitView,
    headers: ETAG_HEADER,
    errors: [...WRITE_ERRORS, UserProblem.user_not_found, StudyProblem.assignee_not_a_member],
  })
  create(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Body() body: NewMonitoringVisit,
  ): Promise<VersionedJson<MonitoringVisitView>> {
    return this.visits.create(actor, studyId, body);
  }

  @Get(':id')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Read a monitoring visit',
    response: MonitoringVisitView,
    headers: ETAG_HEADER,
    errors: [StudyProblem.study_not_found, StudyProblem.monitoring_visit_not_found],
  })
  read(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
  ): Promise<VersionedJson<MonitoringVisitView>> {
    return this.queries.readOrThrow(actor, MONITORING_VISITS, studyId, id);
  }

  @Patch(':id')
  @Can(reportableStudies)
  @ApiRoute({
    summary: 'Change a monitoring visit',
    response: MonitoringVisitView,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [
      ...CHANGE_ERRORS,
      StudyProblem.monitoring_visit_not_found,
      UserProblem.user_not_found,
      StudyProblem.assignee_not_a_member,
      StudyProblem.visit_in_use,
    ],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @Body() body: MonitoringVisitPatch,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<MonitoringVisitView>> {
    return this.visits.update(actor, studyId, id, body, condition);
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(reportableStudies)
  @ApiRoute({
    summary: 'Remove a monitoring visit',
    description: 'One that has not begun and that no deviation refers to.',
    status: 204,
    conditional: true,
    errors: [
      ...CHANGE_ERRORS,
      StudyProblem.monitoring_visit_not_found,
      StudyProblem.visit_has_begun,
      StudyProblem.visit_in_use,
    ],
  })
  delete(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<void> {
    return this.visits.delete(actor, studyId, id, condition);
  }
}
