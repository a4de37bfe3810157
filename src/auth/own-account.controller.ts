import { Controller, Get, Patch, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Body } from '../core/http/input.decorators.js';
import { Config } from '../core/config/config.js';
import { Can, ownAccount } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { IfMatchVersions, VersionedJson, type VersionCondition } from '../core/http/entity-tags.js';
import { CoreProblem } from '../core/http/problem.js';
import { ApiRoute, ETAG_HEADER } from '../core/http/api-docs.decorators.js';
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
  @ApiRoute({
    operationId: 'users_readOwn',
    summary: 'Read your own account',
    response: UserView,
    headers: ETAG_HEADER,
    cacheable: true,
  })
  readOwn(@CurrentUser() actor: Actor): Promise<VersionedJson<UserView>> {
    return this.users.visibleUserOrThrow(actor, actor.id);
  }

  @Patch()
  @Can(ownAccount)
  @OmittedFromReplay('verification_token')
  @ApiRoute({
    operationId: 'users_updateOwn',
    summary: 'Change your own account',
    description: 'A new address has to be verified before it replaces the present one.',
    response: OwnUser,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [
      CoreProblem.stale_version,
      CoreProblem.unknown_entity_tag,
      UserProblem.zone_is_managed,
      RegistrationProblem.email_taken,
    ],
    confirmedByPassword: true,
  })
  async updateOwn(
    @CurrentUser() actor: Actor,
    @Body() patch: OwnPatch,
    @Req() request: FastifyRequest,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<OwnUser>> {
    const { user, token } = await this.account.updateOwn(actor, patch, request, condition);
    if (!token || !this.config.exposeVerificationToken) return user;
    const json = JSON.stringify({ ...(JSON.parse(user.json) as object), verification_token: token });
    return new VersionedJson(json, user.version);
  }
}
