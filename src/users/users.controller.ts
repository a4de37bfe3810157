import { Body, Controller, Get, Patch, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuthProblem } from '../auth/auth.events.js';
import { CAPTCHA_ANSWER, CaptchaAnswer, DeviceCookie } from '../auth/cookies.js';
import { Config } from '../config/config.js';
import { Can, signedIn } from '../core/access.js';
import { Me, type Actor } from '../core/actor.js';
import { JsonText } from '../core/answer.js';
import { Documents, PAGE_HEADERS } from '../core/docs.js';
import { answerList } from '../core/list.js';
import { PageQuery } from '../core/page.dto.js';
import { Id } from '../core/params.js';
import { CoreProblem } from '../core/problem.js';
import { GUESS_REFUSALS } from '../login-gate/login-gate.events.js';
import { Past } from '../past/past.js';
import { PastQuery } from '../past/past.dto.js';
import { RegistrationProblem } from '../registration/registration.events.js';
import { managedUsers, pastUsers, visibleTimeZoneRequests, visibleUsers } from './user.policy.js';
import { ChangedUser, OwnPatch, OwnUser, UserFilter, UserPatch, UserView, ZoneRequest } from './users.dto.js';
import { UserProblem } from './users.events.js';
import { UsersQueries } from './users.queries.js';
import { UsersService } from './users.service.js';
import { ZoneRequestsQueries } from './zone-requests.queries.js';

/** What a wrong, missing or too often wrong `current_password` is refused with. */
const NOT_CONFIRMED = [AuthProblem.password_required, AuthProblem.wrong_password, ...GUESS_REFUSALS];

@ApiTags('users')
@Controller('auth/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly queries: UsersQueries,
    private readonly config: Config,
    private readonly past: Past,
    private readonly zoneRequests: ZoneRequestsQueries,
  ) {}

  @Get('me')
  @Can(signedIn)
  @Documents({ summary: 'Read your own account', answer: UserView })
  async readOwn(@Me() me: Actor): Promise<JsonText<UserView>> {
    return new JsonText(await this.visible(me, me.id));
  }

  @Patch('me')
  @Can(signedIn)
  @Documents({
    summary: 'Change your own account',
    description: 'A new address has to be verified before it replaces the present one.',
    answer: OwnUser,
    refuses: [UserProblem.zone_is_managed, RegistrationProblem.email_taken, ...NOT_CONFIRMED],
  })
  @ApiHeader(CAPTCHA_ANSWER)
  async updateOwn(
    @Me() me: Actor,
    @Body() patch: OwnPatch,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
  ): Promise<JsonText<OwnUser>> {
    const { json, token } = await this.users.updateOwn(me, patch, { device, answer });
    if (!token || !this.config.exposeVerificationToken) return new JsonText(json);
    return new JsonText(JSON.stringify({ ...(JSON.parse(json) as object), verification_token: token }));
  }

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
    return new JsonText(await this.visible(me, id, as_of));
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
      ...NOT_CONFIRMED,
    ],
  })
  @ApiHeader(CAPTCHA_ANSWER)
  async update(
    @Me() me: Actor,
    @Id() id: number,
    @Body() patch: UserPatch,
    @Req() { body }: FastifyRequest,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
  ): Promise<JsonText<ChangedUser>> {
    const isEmpty = Object.keys((body ?? {}) as object).every((field) => field === 'reason');
    return new JsonText(await this.users.update(me, id, patch, { device, answer }, isEmpty));
  }

  private async visible(me: Actor, id: number, asOf?: string): Promise<string> {
    const json = await this.queries.visibleUser(me, id, asOf);
    if (!json) throw UserProblem.user_not_found(`User ${id} not found`);
    return json;
  }
}
