import { Body, Controller, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Config } from '../core/config/config.js';
import { Can, ownAccount } from '../core/authorization/can.decorator.js';
import { Me, type Actor } from '../core/authorization/actor.js';
import { Documents } from '../core/http/api-docs.decorators.js';
import { GUESS_REFUSALS } from './login-protection/login-gate.events.js';
import { SecondFactorProblem } from './second-factor/second-factor.events.js';
import { AuthProblem } from './auth.events.js';
import { CAPTCHA_ANSWER, CaptchaAnswer, DeviceCookie, handOut } from './cookies.js';
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

@ApiTags('auth')
@Controller('auth/second-factor')
@Can(ownAccount)
export class SecondFactorController {
  constructor(
    private readonly enrolment: SecondFactorEnrolment,
    private readonly config: Config,
  ) {}

  @Get()
  @Documents({ summary: 'Read the state of your second factor', answer: SecondFactorStatus })
  status(@Me() me: Actor): Promise<SecondFactorStatus> {
    return this.enrolment.status(me);
  }

  @Post()
  @HttpCode(200)
  @Documents({
    summary: 'Set up a second factor',
    description:
      'Answers with a new secret for an authenticator (RFC 6238). Logins need it once a code was confirmed; until then a further call replaces it.',
    answer: SecondFactorSecret,
    refuses: [AuthProblem.wrong_password, SecondFactorProblem.second_factor_active, ...GUESS_REFUSALS],
  })
  @ApiHeader(CAPTCHA_ANSWER)
  start(
    @Me() me: Actor,
    @Body() { current_password }: SecondFactorStart,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
  ): Promise<SecondFactorSecret> {
    return this.enrolment.start(me, current_password, { device, answer });
  }

  @Post('confirm')
  @HttpCode(200)
  @Documents({
    summary: 'Confirm your second factor',
    description:
      'From here on a login needs a code. Ends your other sessions and brings fresh tokens for this one. The recovery codes are not shown again.',
    answer: RecoveryCodes,
    headers: {
      'Set-Cookie': { description: '`refresh_token` and `device_id`, HTTP-only', schema: { type: 'string' } },
      'X-New-Access-Token': { description: 'A fresh access token', schema: { type: 'string' } },
    },
    refuses: [
      SecondFactorProblem.wrong_code,
      SecondFactorProblem.second_factor_active,
      SecondFactorProblem.second_factor_inactive,
      SecondFactorProblem.second_factor_locked,
    ],
  })
  async confirm(
    @Me() me: Actor,
    @Body() { code }: SecondFactorConfirmation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RecoveryCodes> {
    const { recovery_codes, tokens } = await this.enrolment.confirm(me, code);
    if (tokens) void reply.header('X-New-Access-Token', handOut(reply, this.config, tokens).access);
    return { recovery_codes };
  }

  @Delete()
  @HttpCode(204)
  @Documents({
    summary: 'Remove your second factor',
    description: 'Needs password and code. The recovery codes end with it. Wrong ones count as failed logins.',
    status: 204,
    refuses: NOT_PROVEN,
  })
  @ApiHeader(CAPTCHA_ANSWER)
  remove(
    @Me() me: Actor,
    @Body() proof: SecondFactorProof,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
  ): Promise<void> {
    return this.enrolment.remove(me, proof, { device, answer });
  }

  @Post('recovery-codes')
  @HttpCode(200)
  @Documents({
    summary: 'Get new recovery codes',
    description: 'Needs password and code. Earlier recovery codes end. Wrong ones count as failed logins.',
    answer: RecoveryCodes,
    refuses: NOT_PROVEN,
  })
  @ApiHeader(CAPTCHA_ANSWER)
  async replaceRecoveryCodes(
    @Me() me: Actor,
    @Body() proof: SecondFactorProof,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
  ): Promise<RecoveryCodes> {
    return { recovery_codes: await this.enrolment.replaceRecoveryCodes(me, proof, { device, answer }) };
  }
}
