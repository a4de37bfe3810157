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
import { managedStudies, visibleStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { MEMBERS, memberConditions } from './member-kind.sql.js';
import { ChangedMember, MemberFilter, MemberPatch, MemberView, NewMember } from './members.dto.js';
import { MembersService } from './members.service.js';

@ApiArea('studies', STUDIES_AREA)
@Controller('studies/:study_id/members')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly queries: StudyRecordsQueries,
  ) {}

  @Get()
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'List members of a study',
    response: [MemberView],
    paged: true,
    errors: [StudyProblem.study_not_found],
  })
  list(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Query() filter: MemberFilter,
  ): Promise<ListResponse<MemberView[]>> {
    return this.queries.list(actor, MEMBERS, studyId, filter, memberConditions(filter));
  }

  @Post()
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Make a user a member of a study',
    description: 'For all of it, or for one site. An end date ends the membership with that day.',
    status: 201,
    response: MemberView,
    headers: ETAG_HEADER,
    errors: [...WRITE_ERRORS, UserProblem.user_not_found, StudyProblem.already_a_member],
  })
  create(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @Body() body: NewMember,
  ): Promise<VersionedJson<MemberView>> {
    return this.members.create(actor, studyId, body);
  }

  @Get(':id')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Read a membership',
    response: MemberView,
    headers: ETAG_HEADER,
    errors: [StudyProblem.study_not_found, StudyProblem.member_not_found],
  })
  read(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
  ): Promise<VersionedJson<MemberView>> {
    return this.queries.readOrThrow(actor, MEMBERS, studyId, id);
  }

  @Patch(':id')
  @Can(managedStudies)
  @ApiRoute({
    summary: 'Change a membership',
    description:
      '`end_date` ends the membership with that day; the answer lists the open tasks of the study to hand over.',
    response: ChangedMember,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [
      ...CHANGE_ERRORS,
      StudyProblem.member_not_found,
      StudyProblem.already_a_member,
      StudyProblem.last_project_manager,
    ],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam('study_id') studyId: number,
    @IdParam() id: number,
    @Body() body: MemberPatch,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<ChangedMember>> {
    return this.members.update(actor, studyId, id, body, condition);
  }
}
