import { Controller, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiCookieAuth, ApiHeader, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Body, Query } from '../core/http/input.decorators.js';
import { Config } from '../core/config/config.js';
import { Can, ownAccount, Public } from '../core/authorization/can.decorator.js';
import { CurrentUser, ROLES, Anonymous, type Actor, type Principal } from '../core/authorization/actor.js';
import { Detail } from '../core/http/message-response.dto.js';
import { ApiRoute } from '../core/http/api-docs.decorators.js';
import { NoIdempotencyKey } from '../core/http/idempotency.decorators.js';
import { ClientAborted } from '../core/http/client-aborted.js';
import { ListResponse } from '../core/http/list-response.js';
import { PageQuery } from '../core/http/page.dto.js';
import { IdParam } from '../core/http/param.decorators.js';
import { Problem } from '../core/http/problem.js';
import { GUESS_REFUSALS } from './login-protection/login-protection.problems.js';
import { DEMO_PASSWORD } from './passwords/demo-password.js';
import { SecondFactorProblem } from './second-factor/second-factor.problems.js';
import { SessionView } from './sessions/sessions.dto.js';
import { SessionProblem } from './sessions/sessions.problems.js';
import { SessionsQueries } from './sessions/sessions.queries.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AccessTokenProblem } from './access-tokens/access-tokens.problems.js';
import { AccessToken, Credentials } from './auth.dto.js';
import { AuthProblem } from './auth.problems.js';
import { AuthService } from './auth.service.js';
import {
  CAPTCHA_ANSWER,
  CaptchaAnswer,
  clearSessionCookies,
  DeviceCookie,
  setSessionCookies,
  RefreshCookie,
} from './cookies.js';

const COOKIES = {
  'Set-Cookie': { description: '`refresh_token` and `device_id`, HTTP-only', schema: { type: 'string' as const } },
};

/** A demo account of each role, which has the role's name. */
const DEMO_LOGINS = Object.fromEntries(
  ROLES.map((role) => [
    role,
    { summary: `The ${role} of the demo`, value: { username: role, password: DEMO_PASSWORD } },
  ]),
);

const ENDS_SESSION = 'it ends the session that a repetition would need';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
    private readonly queries: SessionsQueries,
    private readonly config: Config,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @ApiRoute({
    summary: 'Sign in',
    description:
      'Here in Swagger UI the token is applied to every further call. After too many failed logins you answer a captcha before each further one, and wait for `Retry-After` seconds; after about 100 a day, the account admits only devices that it was used on before, until a new password is chosen by mail. An account with a second factor answers `second_factor_required` until the login is repeated with `second_factor_code`.',
    response: AccessToken,
    headers: COOKIES,
    errors: [
      AuthProblem.wrong_credentials,
      SecondFactorProblem.second_factor_required,
      SecondFactorProblem.wrong_second_factor,
      SecondFactorProblem.second_factor_locked,
      AuthProblem.email_not_verified,
      AuthProblem.user_inactive,
      ...GUESS_REFUSALS,
      SessionProblem.session_limit,
    ],
  })
  @ApiHeader(CAPTCHA_ANSWER)
  @ApiBody({ type: Credentials, examples: DEMO_LOGINS })
  async login(
    @Anonymous() principal: Principal,
    @Body() credentials: Credentials,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
    @ClientAborted() gone: AbortSignal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessToken> {
    const login = this.auth.login(principal, credentials, { device, answer, gone });
    const tokens = await login.catch((error: unknown) => this.failed(error));
    return setSessionCookies(reply, this.config, tokens);
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @ApiCookieAuth('refresh-token')
  @ApiRoute({
    summary: 'Get a fresh access token',
    description:
      'By the cookie `refresh_token` alone, which a browser sends by itself. The refresh token is rotated; an older one that is used again ends the session.',
    response: AccessToken,
    headers: COOKIES,
    errors: [
      SessionProblem.invalid_refresh_token,
      SessionProblem.refresh_token_reused,
      AccessTokenProblem.session_replaced,
    ],
  })
  async refresh(
    @Anonymous() principal: Principal,
    @RefreshCookie() tokens: string[],
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessToken> {
    const renewed = await this.sessions.refresh(principal, tokens).catch((error: unknown) => this.failed(error));
    return setSessionCookies(reply, this.config, renewed);
  }

  @Post('logout')
  @HttpCode(200)
  @Can(ownAccount)
  @NoIdempotencyKey(ENDS_SESSION)
  @ApiRoute({ summary: 'Sign out of this device', response: Detail })
  async logout(
    @CurrentUser() actor: Actor,
    @DeviceCookie() device: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Detail> {
    await this.sessions.logout(actor);
    clearSessionCookies(reply, this.config, device);
    return { detail: 'Logged out successfully' };
  }

  @Post('logout-all')
  @HttpCode(200)
  @Can(ownAccount)
  @NoIdempotencyKey(ENDS_SESSION)
  @ApiRoute({ summary: 'Sign out of all devices', response: Detail })
  async logoutAll(
    @CurrentUser() actor: Actor,
    @DeviceCookie() device: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Detail> {
    await this.auth.logoutAll(actor);
    clearSessionCookies(reply, this.config, device);
    return { detail: 'Logged out from all devices' };
  }

  @Get('sessions')
  @Can(ownAccount)
  @ApiRoute({
    summary: 'List your own sessions',
    description: 'Last used first.',
    response: [SessionView],
    paged: true,
  })
  listSessions(@CurrentUser() actor: Actor, @Query() query: PageQuery): ListResponse<SessionView[]> {
    return new ListResponse(query, this.queries.list(actor, query));
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @Can(ownAccount)
  @ApiRoute({ summary: 'End one of your own sessions', status: 204, errors: [SessionProblem.session_not_found] })
  endSession(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<void> {
    return this.sessions.revokeOne(actor, id, 'ended_by_user');
  }

  /** Clients whose 401 interceptor also catches login and refresh are served by another status, as configured. */
  private failed(error: unknown): never {
    const { credentialFailureStatus } = this.config;
    if (!(error instanceof Problem) || error.getStatus() !== 401 || credentialFailureStatus === 401) throw error;
    throw new Problem(error.code, credentialFailureStatus, error.title, error.detail, error.extras);
  }
}
