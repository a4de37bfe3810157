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
import { SITES, siteConditions } from './site-kind.sql.js';
import { NewSite, SiteFilter, SitePatch, SiteView } from './sites.dto.js';
import { SitesService } from './sites.service.js';

@ApiArea('studies', STUDIES_AREA)
@Controller('studies/:study_id/sites')
export class SitesController {
  constructor(
    private readonly sites: SitesService,
    private readonly queries: StudyRecordsQueries,
  ) {}

  @Get()
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'List sites of a study',
    description: 'A member limited to a site sees that site.',
    response: [SiteView],
    paged: true,
    errors: [StudyProblem.study_not_found],
  })
  list(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Query() filter: SiteFilter,
  ): Promise<ListResponse<SiteView[]>> {
    return this.queries.list(actor, SITES, studyId, filter, siteConditions(filter));
  }

  @Post()
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Add a site to a study',
    status: 201,
    response: SiteView,
    headers: ETAG_HEADER,
    errors: [...WRITE_ERRORS, StudyProblem.site_exists],
  })
  create(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Body() body: NewSite,
  ): Promise<VersionedJson<SiteView>> {
    return this.sites.create(actor, studyId, body);
  }

  @Get(':id')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Read a site',
    response: SiteView,
    headers: ETAG_HEADER,
    errors: [StudyProblem.study_not_found, StudyProblem.site_not_found],
  })
  read(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
  ): Promise<VersionedJson<SiteView>> {
    return this.queries.readOrThrow(actor, SITES, studyId, id);
  }

  @Patch(':id')
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Change a site',
    response: SiteView,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [...CHANGE_ERRORS, StudyProblem.site_exists],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @Body() body: SitePatch,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<SiteView>> {
    return this.sites.update(actor, studyId, id, body, condition);
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Remove a site',
    description: 'One that nothing refers to; close any other with `closed_on`.',
    status: 204,
    conditional: true,
    errors: [...CHANGE_ERRORS, StudyProblem.site_in_use],
  })
  delete(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<void> {
    return this.sites.delete(actor, studyId, id, condition);
  }
}
