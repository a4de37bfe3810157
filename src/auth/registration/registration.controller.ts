import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Body } from '../../core/http/input.decorators.js';
import { Config } from '../../core/config/config.js';
import { Public } from '../../core/authorization/can.decorator.js';
import { Anonymous, type Principal } from '../../core/authorization/actor.js';
import { Detail } from '../../core/http/message-response.dto.js';
import { ApiRoute } from '../../core/http/api-docs.decorators.js';
import { ClientAborted } from '../../core/http/client-aborted.js';
import { Address } from '../email-tokens/email-tokens.dto.js';
import { EmailVerificationService } from './email-verification.service.js';
import { Message, Registered, Registration, Verification } from './registration.dto.js';
import { RegistrationProblem } from './registration.problems.js';
import { RegistrationService } from './registration.service.js';
import { VerificationMails } from './verification-mails.service.js';

@ApiTags('auth')
@Controller('auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly verification: EmailVerificationService,
    private readonly verificationMails: VerificationMails,
    private readonly config: Config,
  ) {}

  @Post('register')
  @Public()
  @ApiRoute({
    summary: 'Sign up',
    description:
      'Makes a developer account, which can be used once its e-mail address is verified. Until then it reserves neither name nor address.',
    status: 201,
    response: Registered,
    errors: [
      RegistrationProblem.username_taken,
      RegistrationProblem.username_confusable,
      RegistrationProblem.email_taken,
    ],
  })
  async register(
    @Anonymous() principal: Principal,
    @Body() body: Registration,
    @ClientAborted() gone: AbortSignal,
  ): Promise<Registered> {
    const token = await this.registration.register(principal, body, gone);
    return {
      message: 'User registered. Verify email to activate account.',
      verification_token: this.config.exposeVerificationToken ? token : null,
    };
  }

  @Post('verify-email')
  @HttpCode(200)
  @Public()
  @ApiRoute({
    summary: 'Verify an e-mail address',
    description:
      'Activates the account that the link was mailed for, with the password that was, or is, chosen for it.',
    response: Message,
    errors: [
      RegistrationProblem.invalid_verification_token,
      RegistrationProblem.username_taken,
      RegistrationProblem.username_confusable,
      RegistrationProblem.email_taken,
    ],
  })
  async verifyEmail(@Anonymous() principal: Principal, @Body() body: Verification): Promise<Message> {
    await this.verification.verify(principal, body);
    return { message: 'Email verified successfully' };
  }

  @Post('verify-email/resend')
  @HttpCode(202)
  @Public()
  @ApiRoute({
    summary: 'Request another verification mail',
    description: 'It goes to the address if that is still to be verified; at most one in five minutes.',
    status: 202,
    response: Detail,
  })
  async resendVerification(@Anonymous() principal: Principal, @Body() { email }: Address): Promise<Detail> {
    await this.verificationMails.requestResend(principal, email);
    return { detail: 'If this address is still to be verified, a mail with a link is on its way' };
  }
}
