import { Module, type DynamicModule } from '@nestjs/common';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { VerificationModule } from './transparency-log/verification/verification.module.js';
import { RecordHistoryModule } from './audit/record-history/record-history.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BudgetsModule } from './infrastructure/budgets/budgets.module.js';
import { type Config } from './core/config/config.js';
import { ConfigModule } from './core/config/config.module.js';
import { CoreModule } from './core/core.module.js';
import { DatabaseModule } from './infrastructure/database/database.module.js';
import { extensionFolders } from './core/config/extension-folders.js';
import { EvidenceModule } from './audit/evidence/evidence.module.js';
import { loadExtensions } from './extensions/extensions.js';
import { HealthModule } from './infrastructure/monitoring/health.module.js';
import { IdempotencyModule } from './infrastructure/idempotency/idempotency.module.js';
import { JobsModule } from './infrastructure/jobs/jobs.module.js';
import { LegacyImportModule } from './legacy-import/legacy-import.module.js';
import { WebSocketModule } from './notifications/websocket/websocket.module.js';
import { MailModule } from './infrastructure/mail/mail.module.js';
import { MetricsModule } from './infrastructure/monitoring/metrics.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { RateLimitsModule } from './infrastructure/rate-limiting/rate-limits.module.js';
import { RedactionsModule } from './audit/redactions/redactions.module.js';
import { RegistrationModule } from './auth/registration/registration.module.js';
import { RequestLogModule } from './audit/request-log/request-log.module.js';
import { SequencingModule } from './transparency-log/sequencing/sequencing.module.js';
import { ExtensionPointsModule } from './extensions/extension-points.module.js';
import { SecurityAlertsModule } from './auth/security-alerts/security-alerts.module.js';
import { SessionsModule } from './auth/sessions/sessions.module.js';
import { AccessTokensModule } from './auth/access-tokens/access-tokens.module.js';
import { TracingModule } from './infrastructure/tracing/tracing.module.js';
import { TagsModule } from './tasks/tags/tags.module.js';
import { RollupsModule } from './analytics/rollups/rollups.module.js';
import { TasksModule } from './tasks/tasks.module.js';
import { UsersModule } from './users/users.module.js';

const features = [
  MetricsModule,
  HealthModule,
  JobsModule,
  MailModule,
  AuditModule,
  RecordHistoryModule,
  SequencingModule,
  VerificationModule,
  EvidenceModule,
  RedactionsModule,
  AccessTokensModule,
  SessionsModule,
  RegistrationModule,
  AuthModule,
  SecurityAlertsModule,
  UsersModule,
  TagsModule,
  TasksModule,
  NotificationsModule,
  WebSocketModule,
  RollupsModule,
  AnalyticsModule,
  LegacyImportModule,
];

@Module({})
export class AppModule {
  /**
   * @param url of the database: the configured one, or that of the embedded PostgreSQL
   * @param folders of the extensions
   */
  static async for(config: Config, url: string, folders = extensionFolders()): Promise<DynamicModule> {
    const { modules, overrides, narrowings, contributions, notificationKinds } = await loadExtensions(folders);
    const base = [
      ConfigModule.with(config),
      TracingModule,
      BudgetsModule,
      DatabaseModule.at(url),
      IdempotencyModule,
      ExtensionPointsModule.with(overrides, narrowings, contributions, notificationKinds),
      RateLimitsModule,
      // Before the core, whose interceptors refuse: what they refuse is logged under its operation.
      RequestLogModule,
      CoreModule,
    ];
    return { module: AppModule, imports: [...base, ...features, ...modules] };
  }
}
