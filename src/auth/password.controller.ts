import { Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Body } from '../core/http/input.decorators.js';
import { Config } from '../core/config/config.js';
import { Can, ownAccount, Public } from '../core/authorization/can.decorator.js';
import { CurrentUser, Anonymous, type Actor, type Principal } from '../core/authorization/actor.js';
import { Detail } from '../core/http/message-response.dto.js';
import { ApiRoute } from '../core/http/api-docs.decorators.js';
import { NoIdempotencyKey } from '../core/http/idempotency.decorators.js';
import { GUESS_REFUSALS } from './login-protection/login-protection.problems.js';
import { Address } from './email-tokens/email-tokens.dto.js';
import { RegistrationProblem } from './registration/registration.problems.js';
import { PasswordChange, PasswordReset } from './auth.dto.js';
import { AuthProblem } from './auth.problems.js';
import { CAPTCHA_ANSWER, CaptchaAnswer, DeviceCookie, setSessionCookies, setKnownDevice } from './cookies.js';
import { PasswordRecovery } from './password-recovery.service.js';
import { PasswordService } from './password.service.js';

@ApiTags('auth')
@Controller('auth/password')
export class PasswordController {
  constructor(
    private readonly passwords: PasswordService,
    private readonly recovery: PasswordRecovery,
    private readonly config: Config,
  ) {}

  @Post('change')
  @HttpCode(200)
  @Can(ownAccount)
  @NoIdempotencyKey('its answer brings tokens, which are not stored')
  @ApiRoute({
    summary: 'Change your password',
    description:
      'Ends your other sessions. The answer brings fresh tokens for this one: those issued before are not renewed. Wrong old passwords count as failed logins.',
    response: Detail,
    headers: {
      'Set-Cookie': { description: '`refresh_token` and `device_id`, HTTP-only', schema: { type: 'string' } },
      'X-New-Access-Token': { description: 'A fresh access token', schema: { type: 'string' } },
    },
    errors: [AuthProblem.wrong_password, ...GUESS_REFUSALS],
  })
  @ApiHeader(CAPTCHA_ANSWER)
  async changePassword(
    @CurrentUser() actor: Actor,
    @Body() body: PasswordChange,
    @DeviceCookie() device: string | undefined,
    @CaptchaAnswer() answer: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Detail> {
    const tokens = await this.passwords.changePassword(actor, body, { device, answer });
    if (tokens) void reply.header('X-New-Access-Token', setSessionCookies(reply, this.config, tokens).access);
    return { detail: 'Password changed; your other sessions were ended' };
  }

  @Post('forgot')
  @HttpCode(202)
  @Public()
  @ApiRoute({
    summary: 'Request a link to reset a password',
    description: 'A mail with a link goes to the address if it is that of an account; at most one in five minutes.',
    status: 202,
    response: Detail,
  })
  async forgot(@Anonymous() principal: Principal, @Body() { email }: Address): Promise<Detail> {
    await this.recovery.forgot(principal, email);
    return { detail: 'If this is the address of an account, a mail with a link is on its way' };
  }

  @Post('reset')
  @HttpCode(200)
  @Public()
  @ApiRoute({
    summary: 'Choose a new password',
    description:
      'With the token of the mail. Verifies the address, ends all sessions, and admits this device however often others fail to sign in.',
    response: Detail,
    errors: [
      AuthProblem.invalid_reset_token,
      RegistrationProblem.username_taken,
      RegistrationProblem.username_confusable,
      RegistrationProblem.email_taken,
    ],
  })
  async resetPassword(
    @Anonymous() principal: Principal,
    @Body() body: PasswordReset,
    @DeviceCookie() device: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Detail> {
    setKnownDevice(reply, this.config, await this.passwords.resetPassword(principal, body, device));
    return { detail: 'Password changed; sign in with it' };
  }
}
