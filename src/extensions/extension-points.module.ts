import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { Config } from '../core/config/config.js';
import { AuditSink } from '../core/persistence/audit-sink.js';
import { Clock } from '../core/clock.js';
import { DatabaseTime } from '../core/persistence/database-time.js';
import { CaptchaProvider } from '../auth/login-protection/captcha.provider.js';
import { type Narrowing } from '../core/authorization/narrowing.js';
import { Narrowings } from '../core/authorization/narrowings.service.js';
import { WorkingCalendar } from '../core/authorization/working-calendar.js';
import { LoginQuestionsRepository } from '../auth/login-protection/login-questions.repository.js';
import { ArithmeticCaptcha } from '../auth/login-protection/arithmetic-captcha.provider.js';
import { ConsoleMailer } from '../infrastructure/mail/console-mailer.js';
import { Mailer } from '../infrastructure/mail/mailer.js';
import { NotificationKinds, type NotificationKind } from '../notifications/notification-kinds.sql.js';
import { SmtpMailer } from '../infrastructure/mail/smtp-mailer.js';
import { ContributedData, type Contribution } from './contributed-data.js';

/** Extension points, each a class token with our default, which an extension may replace for the whole product. */
const DEFAULTS = new Map<unknown, Provider>([
  [Clock, Clock],
  [WorkingCalendar, WorkingCalendar],
  [AuditSink, { provide: AuditSink, useClass: AuditTrail }],
  [Mailer, { provide: Mailer, useFactory: configuredMailer, inject: [Config] }],
  [CaptchaProvider, { provide: CaptchaProvider, useClass: ArithmeticCaptcha }],
]);

function configuredMailer(config: Config): Mailer {
  return config.emailBackend === 'smtp' ? new SmtpMailer(config) : new ConsoleMailer(config);
}

@Global()
@Module({})
export class ExtensionPointsModule {
  /**
   * Binds the extension points.
   *
   * @param replacements providers of extensions, under the tokens of the extension points
   * @param contributions demo and sample data of extensions
   * @throws where a token is no extension point, or is replaced twice, or where two narrowings or two kinds of
   * notifications have the same name
   */
  static with(
    replacements: readonly Provider[],
    narrowings: readonly Narrowing[] = [],
    contributions: readonly Contribution[] = [],
    notificationKinds: readonly NotificationKind[] = [],
  ): DynamicModule {
    const chosen = new Map<unknown, Provider>();
    for (const provider of replacements) {
      const token = typeof provider === 'function' ? provider : provider.provide;
      const name = typeof token === 'function' ? token.name : String(token);
      if (!DEFAULTS.has(token)) throw new Error(`An extension replaces ${name}, which is no extension point`);
      if (chosen.has(token)) throw new Error(`Two extensions replace ${name}`);
      chosen.set(token, provider);
    }
    const narrowed = { provide: Narrowings, useValue: new Narrowings(narrowings) };
    const contributed = { provide: ContributedData, useValue: new ContributedData(contributions) };
    const notifying = { provide: NotificationKinds, useValue: new NotificationKinds(notificationKinds) };
    const points = new Map([...DEFAULTS, ...chosen]).values();
    const providers = [DatabaseTime, LoginQuestionsRepository, narrowed, contributed, notifying, ...points];
    return { module: ExtensionPointsModule, providers, exports: providers };
  }
}
