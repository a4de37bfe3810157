import { Global, Module } from '@nestjs/common';
import { MailBudget } from './mail-budget.service.js';
import { MailOutbox } from './mail-outbox.service.js';

/** Mail, for every module to declare kinds of and to send. */
@Global()
@Module({ providers: [MailOutbox, MailBudget], exports: [MailOutbox, MailBudget] })
export class MailModule {}
