import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Config } from '../config/config.js';
import { Public } from '../core/access.js';
import { Visitor, type Author } from '../core/actor.js';
import { Documents } from '../core/docs.js';
import { Address, Detail, Message, Registered, Registration, Verification } from './auth.dto.js';
import { AuthProblem } from './auth.events.js';
import { EmailVerification } from './email-verification.service.js';
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
    description: 'Makes a developer account, which can be used once its e-mail address is verified.',
    status: 201,
    answer: Registered,
    refuses: [AuthProblem.username_taken, AuthProblem.email_taken],
  })
  async register(@Visitor() visitor: Author, @Body() body: Registration): Promise<Registered> {
    const token = await this.registration.register(visitor, body);
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
    answer: Message,
    refuses: [AuthProblem.invalid_verification_token, AuthProblem.email_taken],
  })
  async verifyEmail(@Visitor() visitor: Author, @Body() { token }: Verification): Promise<Message> {
    await this.verification.verify(visitor, token);
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
