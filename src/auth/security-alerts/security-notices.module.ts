import { Module } from '@nestjs/common';
import { SecurityNotices } from './security-notices.js';

@Module({ providers: [SecurityNotices] })
export class SecurityNoticesModule {}
