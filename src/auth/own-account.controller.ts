import { Body, Controller, Get, Patch, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Config } from '../core/config/config.js';
import { Can, ownAccount } from '../core/authorization/can.decorator.js';
import { Me, type Actor } from '../core/authorization/actor.js';
import { JsonText } from '../core/http/streamed-response.js';
import { Documents } from '../core/http/api-docs.decorators.js';
import { RegistrationProblem } from './registration/registration.events.js';
import { OwnPatch, OwnUser, UserView } from '../users/users.dto.js';
import { UserProblem } from '../users/users.events.js';
import { UsersQueries } from '../users/users.queries.js';
import { OwnAccountService } from './own-account.service.js';

@ApiTags('users')
@Controller('auth/users/me')
export class OwnAccountController {
  constructor(
    private readonly account: OwnAccountService,
    private readonly users: UsersQueries,
    private readonly config: Config,
  ) {}

  @Get()
  @Can(ownAccount)
  @Documents({ operationId: 'users_readOwn', summary: 'Read your own account', answer: UserView })
  async readOwn(@Me() me: Actor): Promise<JsonText<UserView>> {
    return new JsonText(await this.users.visibleUserOrThrow(me, me.id));
  }

  @Patch()
  @Can(ownAccount)
  @Documents({
    operationId: 'users_updateOwn',
    summary: 'Change your own account',
    description: 'A new address has to be verified before it replaces the present one.',
    answer: OwnUser,
    refuses: [UserProblem.zone_is_managed, RegistrationProblem.email_taken],
    confirmedByPassword: true,
  })
  async updateOwn(
    @Me() me: Actor,
    @Body() patch: OwnPatch,
    @Req() request: FastifyRequest,
  ): Promise<JsonText<OwnUser>> {
    const { json, token } = await this.account.updateOwn(me, patch, request);
    if (!token || !this.config.exposeVerificationToken) return new JsonText(json);
    return new JsonText(JSON.stringify({ ...(JSON.parse(json) as object), verification_token: token }));
  }
}
