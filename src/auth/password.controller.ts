import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, Public, signedIn } from '../core/access.js';
import { Me, Visitor, type Actor, type Author } from '../core/actor.js';
import { Detail } from '../core/detail.dto.js';
import { Documents } from '../core/docs.js';
import { Address } from '../mailed-tokens/mailed-tokens.dto.js';
import { PasswordChange, PasswordReset } from './auth.dto.js';
import { AuthProblem } from './auth.events.js';
import { PasswordRecovery } from './password-recovery.service.js';
import { PasswordService } from './password.service.js';

@ApiTags('auth')
@Controller('auth/password')
export class PasswordController {
  constructor(
    private readonly passwords: PasswordService,
    private readonly recovery: PasswordRecovery,
  ) {}

  @Post('change')
  @HttpCode(200)
  @Can(signedIn)
  @Documents({
    summary: 'Change your password',
    description: 'Ends your other sessions.',
    answer: Detail,
    refuses: [AuthProblem.wrong_password],
  })
  async changePassword(@Me() me: Actor, @Body() body: PasswordChange): Promise<Detail> {
    await this.passwords.changePassword(me, body);
    return { detail: 'Password changed; your other sessions were ended' };
  }

  @Post('forgot')
  @HttpCode(202)
  @Public()
  @Documents({
    summary: 'Ask for a new password',
    description: 'A mail with a link goes to the address if it is that of an account; at most one in five minutes.',
    status: 202,
    answer: Detail,
  })
  async forgot(@Visitor() visitor: Author, @Body() { email }: Address): Promise<Detail> {
    await this.recovery.forgot(visitor, email);
    return { detail: 'If this is the address of an account, a mail with a link is on its way' };
  }

  @Post('reset')
  @HttpCode(200)
  @Public()
  @Documents({
    summary: 'Choose a new password',
    description: 'With the token of the mail. Verifies the address and ends all sessions.',
    answer: Detail,
    refuses: [AuthProblem.invalid_reset_token],
  })
  async resetPassword(@Visitor() visitor: Author, @Body() body: PasswordReset): Promise<Detail> {
    await this.passwords.resetPassword(visitor, body);
    return { detail: 'Password changed; sign in with it' };
  }
}
