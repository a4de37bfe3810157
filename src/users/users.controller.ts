import { Body, Controller, Get, Patch, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Can } from '../core/authorization/can.decorator.js';
import { Me, type Actor } from '../core/authorization/actor.js';
import { JsonText } from '../core/http/streamed-response.js';
import { Documents, PAGE_HEADERS } from '../core/http/api-docs.decorators.js';
import { answerList } from '../core/http/list-response.js';
import { PageQuery } from '../core/http/page.dto.js';
import { Id } from '../core/http/param.decorators.js';
import { CoreProblem } from '../core/http/problem.js';
import { Past } from '../audit/point-in-time/point-in-time.service.js';
import { PastQuery } from '../audit/point-in-time/as-of.dto.js';
import { managedUsers, pastUsers, visibleTimeZoneRequests, visibleUsers } from './user.policy.js';
import { ChangedUser, UserFilter, UserPatch, UserView, ZoneRequest } from './users.dto.js';
import { UserProblem } from './users.events.js';
import { UsersQueries } from './users.queries.js';
import { UsersService } from './users.service.js';
import { ZoneRequestsQueries } from './zone-requests.queries.js';

@ApiTags('users')
@Controller('auth/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly queries: UsersQueries,
    private readonly past: Past,
    private readonly zoneRequests: ZoneRequestsQueries,
  ) {}

  @Get()
  @Can(visibleUsers)
  @Documents({
    summary: 'List users',
    description: 'Auditors see everyone, managers the developers and themselves, developers themselves.',
    answer: [UserView],
    headers: PAGE_HEADERS,
    refuses: [CoreProblem.invalid_cursor],
  })
  async list(
    @Me() me: Actor,
    @Query() filter: UserFilter,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<UserView[]> | StreamableFile> {
    await this.past.enter(me, pastUsers, filter.as_of, request);
    return answerList(request, reply, filter, {
      count: () => this.queries.count(me, filter),
      page: (limit) => this.queries.page(me, filter, limit),
      all: () => this.queries.all(me, filter),
    });
  }

  @Get('timezone-requests')
  @Can(visibleTimeZoneRequests)
  @Documents({
    summary: 'List time zones to confirm',
    description:
      'Given at sign-up where `CONFIRM_SIGN_UP_TIMEZONE=true`. Setting the time zone of the user, to this or another one, settles the request.',
    answer: [ZoneRequest],
    headers: PAGE_HEADERS,
    refuses: [CoreProblem.invalid_cursor],
  })
  listZoneRequests(
    @Me() me: Actor,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<ZoneRequest[]> | StreamableFile> {
    return answerList(request, reply, query, {
      count: () => this.zoneRequests.count(me),
      page: (limit) => this.zoneRequests.page(me, query, limit),
      all: () => this.zoneRequests.all(me, query),
    });
  }

  @Get(':id')
  @Can(visibleUsers)
  @Documents({ summary: 'Read a user', answer: UserView, refuses: [UserProblem.user_not_found] })
  async read(
    @Me() me: Actor,
    @Id() id: number,
    @Query() { as_of }: PastQuery,
    @Req() request: FastifyRequest,
  ): Promise<JsonText<UserView>> {
    await this.past.enter(me, pastUsers, as_of, request);
    return new JsonText(await this.queries.visibleUserOrThrow(me, id, as_of));
  }

  @Patch(':id')
  @Can(managedUsers)
  @Documents({
    summary: 'Change role, standing or zone of a user',
    description:
      'Needs a `reason`. Takes effect on the next request of that user. One who is disabled is signed out everywhere; their ' +
      'open tasks are in the answer, to be handed over. Of a user whom you cannot read, it shows no address and no log-in.',
    answer: ChangedUser,
    refuses: [
      UserProblem.user_not_found,
      UserProblem.nothing_to_change,
      UserProblem.own_role,
      UserProblem.auditor_appointment,
      UserProblem.last_manager,
    ],
    confirmedByPassword: true,
  })
  async update(
    @Me() me: Actor,
    @Id() id: number,
    @Body() patch: UserPatch,
    @Req() request: FastifyRequest,
  ): Promise<JsonText<ChangedUser>> {
    return new JsonText(await this.users.update(me, id, patch, request));
  }
}
