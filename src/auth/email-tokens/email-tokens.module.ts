import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EmailTokensRepository } from './email-tokens.repository.js';
import { EmailTokensService } from './email-tokens.service.js';
import { MailRequests } from './mail-requests.service.js';
import { PasswordResetToken } from './password-reset-token.entity.js';
import { EmailTokensRetention } from './email-tokens.retention.js';
import { VerificationToken } from './verification-token.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([VerificationToken, PasswordResetToken])],
  providers: [EmailTokensService, EmailTokensRepository, EmailTokensRetention, MailRequests],
  exports: [EmailTokensService, EmailTokensRepository, MailRequests],
})
export class EmailTokensModule {}
