import { Controller, Get, Patch, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Body, Query } from '../core/http/input.decorators.js';
import { Can } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { type PreserializedJson } from '../core/http/streamed-response.js';
import { ApiRoute, ETAG_HEADER } from '../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../core/http/entity-tags.js';
import { ListResponse } from '../core/http/list-response.js';
import { PageQuery } from '../core/http/page.dto.js';
import { IdParam } from '../core/http/param.decorators.js';
import { CoreProblem } from '../core/http/problem.js';
import { PointInTimeAccess } from '../audit/point-in-time/point-in-time-access.service.js';
import { ReadOperation } from '../audit/access-log/read-operation.decorator.js';
import { AsOfQuery } from '../audit/point-in-time/as-of.dto.js';
import { managedUsers, historicalUsers, visibleTimeZoneRequests, visibleUsers } from './user.policy.js';
import { ChangedUser, UserFilter, UserPatch, UserView, ZoneRequest } from './users.dto.js';
import { UserProblem } from './users.problems.js';
import { UsersQueries } from './users.queries.js';
import { UsersService } from './users.service.js';
import { ZoneRequestsQueries } from './zone-requests.queries.js';

@ApiTags('users')
@Controller('auth/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly queries: UsersQueries,
    private readonly pointInTime: PointInTimeAccess,
    private readonly zoneRequests: ZoneRequestsQueries,
  ) {}

  @Get()
  @Can(visibleUsers)
  @ApiRoute({
    summary: 'List users',
    description: 'Auditors see everyone, managers the developers and themselves, developers themselves.',
    response: [UserView],
    paged: true,
  })
  async list(
    @CurrentUser() actor: Actor,
    @Query() filter: UserFilter,
    @ReadOperation() read: ReadOperation,
  ): Promise<ListResponse<UserView[]>> {
    await this.pointInTime.authorize(actor, historicalUsers, filter.as_of, read);
    return new ListResponse(filter, this.queries.list(actor, filter));
  }

  @Get('timezone-requests')
  @Can(visibleTimeZoneRequests)
  @ApiRoute({
    summary: 'List time zones to confirm',
    description:
      'Given at sign-up where `CONFIRM_SIGN_UP_TIMEZONE=true`. Setting the time zone of the user, to this or another one, settles the request.',
    response: [ZoneRequest],
    paged: true,
  })
  listZoneRequests(@CurrentUser() actor: Actor, @Query() query: PageQuery): ListResponse<ZoneRequest[]> {
    return new ListResponse(query, this.zoneRequests.list(actor, query));
  }

  @Get(':id')
  @Can(visibleUsers)
  @ApiRoute({
    summary: 'Read a user',
    response: UserView,
    headers: ETAG_HEADER,
    cacheable: true,
    errors: [UserProblem.user_not_found],
  })
  async read(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Query() { as_of }: AsOfQuery,
    @ReadOperation() read: ReadOperation,
  ): Promise<VersionedJson<UserView> | PreserializedJson<UserView>> {
    await this.pointInTime.authorize(actor, historicalUsers, as_of, read);
    if (as_of !== undefined) return this.queries.pastUserOrThrow(actor, id, as_of);
    return this.queries.visibleUserOrThrow(actor, id);
  }

  @Patch(':id')
  @Can(managedUsers)
  @ApiRoute({
    summary: 'Change role, standing or zone of a user',
    description:
      'Needs a `reason`. Takes effect on the next request of that user. A disabled user is signed out everywhere; their ' +
      'open tasks are in the answer, to be reassigned. Address and last log-in of a user whom you cannot read are withheld.',
    response: ChangedUser,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [
      CoreProblem.stale_version,
      CoreProblem.unknown_entity_tag,
      UserProblem.user_not_found,
      UserProblem.nothing_to_change,
      UserProblem.own_role,
      UserProblem.auditor_appointment,
      UserProblem.last_manager,
    ],
    confirmedByPassword: true,
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Body() patch: UserPatch,
    @Req() request: FastifyRequest,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<ChangedUser>> {
    return this.users.update(actor, id, patch, request, condition);
  }
}
