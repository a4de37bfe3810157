import { Module, type DynamicModule } from '@nestjs/common';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { AuditCheckModule } from './transparency-log/verification/audit-check.module.js';
import { AuditReadingModule } from './audit/record-history/record-history.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BudgetsModule } from './infrastructure/budgets/budgets.module.js';
import { type Config } from './core/config/config.js';
import { ConfigModule } from './core/config/config.module.js';
import { CoreModule } from './core/core.module.js';
import { DatabaseModule } from './infrastructure/database/database.module.js';
import { extensionFolders } from './infrastructure/database/migrations.js';
import { EvidenceModule } from './audit/evidence/evidence.module.js';
import { extensions } from './extensions/extensions.js';
import { HealthModule } from './infrastructure/monitoring/health.module.js';
import { JobsModule } from './infrastructure/jobs/jobs.module.js';
import { LegacyModule } from './legacy-import/legacy.module.js';
import { LiveModule } from './notifications/websocket/live.module.js';
import { MailModule } from './infrastructure/mail/mail.module.js';
import { MetricsModule } from './infrastructure/monitoring/metrics.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { RateLimitsModule } from './infrastructure/rate-limiting/rate-limits.module.js';
import { RedactionsModule } from './audit/redactions/redactions.module.js';
import { RegistrationModule } from './auth/registration/registration.module.js';
import { RequestLogModule } from './audit/request-log/request-log.module.js';
import { SealsModule } from './transparency-log/sequencing/seals.module.js';
import { SeamsModule } from './extensions/extension-points.module.js';
import { SecurityNoticesModule } from './auth/security-alerts/security-notices.module.js';
import { SessionsModule } from './auth/sessions/sessions.module.js';
import { SignedInModule } from './auth/access-tokens/access-tokens.module.js';
import { TagsModule } from './tasks/tags/tags.module.js';
import { TaskTotalsModule } from './analytics/rollups/task-totals.module.js';
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
