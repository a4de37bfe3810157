import { Module, type DynamicModule } from '@nestjs/common';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { AuditCheckModule } from './audit-check/audit-check.module.js';
import { AuditReadingModule } from './audit-reading/audit-reading.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BudgetsModule } from './budgets/budgets.module.js';
import { type Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { CoreModule } from './core/core.module.js';
import { DatabaseModule } from './database/database.module.js';
import { extensionFolders } from './database/migrations.js';
import { EvidenceModule } from './evidence/evidence.module.js';
import { extensions } from './extensions/extensions.js';
import { HealthModule } from './health/health.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { LegacyModule } from './legacy/legacy.module.js';
import { LiveModule } from './live/live.module.js';
import { MailModule } from './mail/mail.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { RateLimitsModule } from './rate-limits/rate-limits.module.js';
import { RedactionsModule } from './redactions/redactions.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { RequestLogModule } from './request-log/request-log.module.js';
import { SealsModule } from './seals/seals.module.js';
import { SeamsModule } from './seams.module.js';
import { SecurityNoticesModule } from './security-notices/security-notices.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SignedInModule } from './signed-in/signed-in.module.js';
import { TagsModule } from './tags/tags.module.js';
import { TaskTotalsModule } from './task-totals/task-totals.module.js';
import { TasksModule } from './tasks/tasks.module.js';
import { UsersModule } from './users/users.module.js';

const features = [
  MetricsModule,
  HealthModule,
  JobsModule,
  MailModule,
  AuditModule,
  AuditReadingModule,
  SealsModule,
  AuditCheckModule,
  EvidenceModule,
  RedactionsModule,
  SignedInModule,
  SessionsModule,
  RegistrationModule,
  AuthModule,
  SecurityNoticesModule,
  UsersModule,
  TagsModule,
  TasksModule,
  NotificationsModule,
  LiveModule,
  TaskTotalsModule,
  AnalyticsModule,
  LegacyModule,
];

@Module({})
export class AppModule {
  /**
   * @param url of the database: the configured one, or that of the embedded PostgreSQL
   * @param folders of the extensions
   */
  static async for(config: Config, url: string, folders = extensionFolders()): Promise<DynamicModule> {
    const { modules, seams } = await extensions(folders);
    const base = [
      ConfigModule.with(config),
      BudgetsModule,
      DatabaseModule.at(url),
      SeamsModule.with(seams),
      RateLimitsModule,
      // Before the core, whose interceptors refuse: what they refuse is logged under its operation.
      RequestLogModule,
      CoreModule,
    ];
    return { module: AppModule, imports: [...base, ...features, ...modules] };
  }
}
