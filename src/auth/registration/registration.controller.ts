import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Config } from '../../core/config/config.js';
import { Public } from '../../core/authorization/can.decorator.js';
import { Visitor, type Author } from '../../core/authorization/actor.js';
import { Detail } from '../../core/http/detail.dto.js';
import { Documents } from '../../core/http/api-docs.decorators.js';
import { HungUp } from '../../core/http/hung-up.js';
import { Address } from '../email-tokens/mailed-tokens.dto.js';
import { EmailVerification } from './email-verification.service.js';
import { Message, Registered, Registration, Verification } from './registration.dto.js';
import { RegistrationProblem } from './registration.events.js';
import { RegistrationService } from './registration.service.js';

@ApiTags('auth')
@Controller('auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly verification: EmailVerification,
    private readonly config: Config,
  ) {}

  @Post('register')
  @Public()
  @Documents({
    summary: 'Sign up',
    description:
      'Makes a developer account, which can be used once its e-mail address is verified. Until then it reserves neither name nor address.',
    status: 201,
    answer: Registered,
    refuses: [
      RegistrationProblem.username_taken,
      RegistrationProblem.username_confusable,
      RegistrationProblem.email_taken,
    ],
  })
  async register(
    @Visitor() visitor: Author,
    @Body() body: Registration,
    @HungUp() gone: AbortSignal,
  ): Promise<Registered> {
    const token = await this.registration.register(visitor, body, gone);
    return {
      message: 'User registered. Verify email to activate account.',
      verification_token: this.config.exposeVerificationToken ? token : null,
    };
  }

  @Post('verify-email')
  @HttpCode(200)
  @Public()
  @Documents({
    summary: 'Verify an e-mail address',
    description:
      'Activates the account that the link was mailed for, with the password that was, or is, chosen for it.',
    answer: Message,
    refuses: [
      RegistrationProblem.invalid_verification_token,
      RegistrationProblem.username_taken,
      RegistrationProblem.username_confusable,
      RegistrationProblem.email_taken,
    ],
  })
  async verifyEmail(@Visitor() visitor: Author, @Body() body: Verification): Promise<Message> {
    await this.verification.verify(visitor, body);
    return { message: 'Email verified successfully' };
  }

  @Post('verify-email/resend')
  @HttpCode(202)
  @Public()
  @Documents({
    summary: 'Ask for another verification mail',
    description: 'It goes to the address if that is still to be verified; at most one in five minutes.',
    status: 202,
    answer: Detail,
  })
  async resendVerification(@Visitor() visitor: Author, @Body() { email }: Address): Promise<Detail> {
    await this.verification.requestResend(visitor, email);
    return { detail: 'If this address is still to be verified, a mail with a link is on its way' };
  }
}
