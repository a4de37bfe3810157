import { Controller, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Body } from '../core/http/input.decorators.js';
import { Config } from '../core/config/config.js';
import { Can, ownAccount } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { ApiRoute } from '../core/http/api-docs.decorators.js';
import { NoIdempotencyKey } from '../core/http/idempotency.decorators.js';
import { GUESS_REFUSALS } from './login-protection/login-protection.problems.js';
import { SecondFactorProblem } from './second-factor/second-factor.problems.js';
import { AuthProblem } from './auth.problems.js';
import { CAPTCHA_ANSWER, CaptchaAnswer, DeviceCookie, setSessionCookies } from './cookies.js';
import {
  RecoveryCodes,
  SecondFactorConfirmation,
  SecondFactorProof,
  SecondFactorSecret,
  SecondFactorStart,
  SecondFactorStatus,
} from './second-factor.dto.js';
import { SecondFactorEnrolment } from './second-factor-enrolment.service.js';

const NOT_PROVEN = [
  AuthProblem.wrong_password,
  SecondFactorProblem.wrong_code,
  SecondFactorProblem.second_factor_inactive,
  SecondFactorProblem.second_factor_locked,
  ...GUESS_REFUSALS,
];

const SECRET_ANSWER = 'its answer holds secrets, which are not stored';
const ONE_TIME_CODE = 'the code in it is used up even if the rest fails; read the state before you repeat it';

@ApiTags('auth')
@Controller('auth/second-factor')
@Can(ownAccount)
export class SecondFactorController {
  constructor(
    private readonly enrolment: SecondFactorEnrolment,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiRoute({ summary: 'Read the state of your second factor', response: SecondFactorStatus })
  status(@CurrentUser() actor: Actor): Promise<SecondFactorStatus> {
    return this.enrolment.status(actor);
  }

  @Post()
  @HttpCode(200)
  @NoIdempotencyKey(SECRET_ANSWER)
  @ApiRoute({
    summary: 'Set up a second factor',
    description:
      'Answers with a new secret for an authenticator (RFC 6238). Logins need it once a code was confirmed; until then a further call replaces it.',
    response: SecondFactorSecret,
    errors: [AuthProblem.wrong_password, SecondFactorProblem.second_factor_active, ...GUESS_REFUSALS],
  })
  @ApiHeader(CAPTCHA_ANSWER)
  start(
    @CurrentUser() actor: Actor,
    @Body() { current_password }: SecondFactorStart,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
  ): Promise<SecondFactorSecret> {
    return this.enrolment.start(actor, current_password, { device, answer });
  }

  @Post('confirm')
  @HttpCode(200)
  @NoIdempotencyKey(SECRET_ANSWER)
  @ApiRoute({
    summary: 'Confirm your second factor',
    description:
      'From here on a login needs a code. Ends your other sessions and brings fresh tokens for this one. The recovery codes are not shown again.',
    response: RecoveryCodes,
    headers: {
      'Set-Cookie': { description: '`refresh_token` and `device_id`, HTTP-only', schema: { type: 'string' } },
      'X-New-Access-Token': { description: 'A fresh access token', schema: { type: 'string' } },
    },
    errors: [
      SecondFactorProblem.wrong_code,
      SecondFactorProblem.second_factor_active,
      SecondFactorProblem.second_factor_inactive,
      SecondFactorProblem.second_factor_locked,
    ],
  })
  async confirm(
    @CurrentUser() actor: Actor,
    @Body() { code }: SecondFactorConfirmation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RecoveryCodes> {
    const { recovery_codes, tokens } = await this.enrolment.confirm(actor, code);
    if (tokens) void reply.header('X-New-Access-Token', setSessionCookies(reply, this.config, tokens).access);
    return { recovery_codes };
  }

  @Delete()
  @HttpCode(204)
  @NoIdempotencyKey(ONE_TIME_CODE)
  @ApiRoute({
    summary: 'Remove your second factor',
    description: 'Needs password and code. The recovery codes end with it. Wrong ones count as failed logins.',
    status: 204,
    errors: NOT_PROVEN,
  })
  @ApiHeader(CAPTCHA_ANSWER)
  remove(
    @CurrentUser() actor: Actor,
    @Body() proof: SecondFactorProof,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
  ): Promise<void> {
    return this.enrolment.remove(actor, proof, { device, answer });
  }

  @Post('recovery-codes')
  @HttpCode(200)
  @NoIdempotencyKey(SECRET_ANSWER)
  @ApiRoute({
    summary: 'Get new recovery codes',
    description: 'Needs password and code. Earlier recovery codes end. Wrong ones count as failed logins.',
    response: RecoveryCodes,
    errors: NOT_PROVEN,
  })
  @ApiHeader(CAPTCHA_ANSWER)
  async replaceRecoveryCodes(
    @CurrentUser() actor: Actor,
    @Body() proof: SecondFactorProof,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
  ): Promise<RecoveryCodes> {
    return { recovery_codes: await this.enrolment.replaceRecoveryCodes(actor, proof, { device, answer }) };
  }
}
