import { Global, Module } from '@nestjs/common';
import { MailBudget } from './mail-budget.service.js';
import { MailOutbox } from './mail-outbox.service.js';

/** Provides mail, for every module to register templates and enqueue mails. */
@Global()
@Module({ providers: [MailOutbox, MailBudget], exports: [MailOutbox, MailBudget] })
export class MailModule {}
