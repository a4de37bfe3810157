import { Global, Module } from '@nestjs/common';
import { MailBudget } from './mail-budget.service.js';
import { Mails } from './mails.js';

/** Mail, for every module to declare kinds of and to send. */
@Global()
@Module({ providers: [Mails, MailBudget], exports: [Mails, MailBudget] })
export class MailModule {}
