import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MailedTokens } from './mailed-tokens.js';
import { PasswordResetToken } from './password-reset-token.entity.js';
import { TokensCleanUp } from './tokens.clean-up.js';
import { VerificationToken } from './verification-token.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([VerificationToken, PasswordResetToken])],
  providers: [MailedTokens, TokensCleanUp],
  exports: [MailedTokens],
})
export class MailedTokensModule {}
