import { Body, Controller, Get, Patch, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Config } from '../core/config/config.js';
import { Can, ownAccount } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { PreserializedJson } from '../core/http/streamed-response.js';
import { ApiRoute } from '../core/http/api-docs.decorators.js';
import { OmittedFromReplay } from '../core/http/idempotency.decorators.js';
import { RegistrationProblem } from './registration/registration.problems.js';
import { OwnPatch, OwnUser, UserView } from '../users/users.dto.js';
import { UserProblem } from '../users/users.problems.js';
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
  @ApiRoute({ operationId: 'users_readOwn', summary: 'Read your own account', response: UserView })
  async readOwn(@CurrentUser() actor: Actor): Promise<PreserializedJson<UserView>> {
    return new PreserializedJson(await this.users.visibleUserOrThrow(actor, actor.id));
  }

  @Patch()
  @Can(ownAccount)
  @OmittedFromReplay('verification_token')
  @ApiRoute({
    operationId: 'users_updateOwn',
    summary: 'Change your own account',
    description: 'A new address has to be verified before it replaces the present one.',
    response: OwnUser,
    errors: [UserProblem.zone_is_managed, RegistrationProblem.email_taken],
    confirmedByPassword: true,
  })
  async updateOwn(
    @CurrentUser() actor: Actor,
    @Body() patch: OwnPatch,
    @Req() request: FastifyRequest,
  ): Promise<PreserializedJson<OwnUser>> {
    const { json, token } = await this.account.updateOwn(actor, patch, request);
    if (!token || !this.config.exposeVerificationToken) return new PreserializedJson(json);
    return new PreserializedJson(JSON.stringify({ ...(JSON.parse(json) as object), verification_token: token }));
  }
}
