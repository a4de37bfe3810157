import { Global, Module } from '@nestjs/common';
import { Mails } from './mails.js';

/** Mail, for every module to declare kinds of and to send. */
@Global()
@Module({ providers: [Mails], exports: [Mails] })
export class MailModule {}
