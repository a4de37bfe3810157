import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Config } from '../../core/config/config.js';
import { inSpan } from '../../core/tracing/span.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobPostponed } from '../jobs/job-postponed.js';
import { JobQueue } from '../jobs/job-queue.service.js';
import { Metrics } from '../monitoring/metrics.js';
import { type EmailContent, renderEmail } from './email-template.js';
import { MailBudget } from './mail-budget.service.js';
import { Mailer, MailRefused } from './mailer.js';

/**
 * Parameters of each kind of mail: ids and facts only, since they are stored in a table. Modules add theirs: `declare
 * module './mail-outbox.service.js' { interface MailTemplates { greeting: { userId: number } } }`.
 */
export interface MailTemplates {}

export type MailTemplate = keyof MailTemplates & string;

/** Renders a mail when it is about to be sent; undefined where it is obsolete. */
type TemplateRenderer = (about: unknown) => Promise<EmailContent | undefined>;

interface QueuedMail {
  readonly kind: MailTemplate;
  readonly about: object;
}

type Outcome = 'sent' | 'refused' | 'failed' | 'obsolete' | 'deferred';

const QUEUE = 'mail';
const MAX_REASON = 500;
/** Retries: the first after 15 to 30 seconds, each later one after twice as long; ten of them take 4 to 9 hours. */
const QUEUE_OPTIONS = { retries: 10, retryDelay: 15, parallel: 3 };
/** Another process may have room sooner than the one that had none. */
const MAX_POSTPONED_SECONDS = 600;

/**
 * Transactional outbox: mails are enqueued within the transaction that causes them, and rendered when they are sent.
 */
@Injectable()
export class MailOutbox {
  private readonly logger = new Logger('Mail');
  private readonly templates = new Map<string, TemplateRenderer>();
  private readonly mails: Counter<'kind' | 'outcome'>;

  constructor(
    private readonly config: Config,
    private readonly jobs: JobQueue,
    private readonly mailer: Mailer,
    private readonly budget: MailBudget,
    metrics: Metrics,
  ) {
    this.mails = new Counter({
      name: 'ctms_mails_total',
      help: 'Mails tried by this replica; `obsolete` had nothing to say any more, `deferred` wait for the budget',
      labelNames: ['kind', 'outcome'],
      registers: [metrics.registry],
    });
    jobs.process<QueuedMail>(QUEUE, (mail, { id }) => this.send(id, mail), QUEUE_OPTIONS);
  }

  /** Declares how mails of a kind are rendered. A token belongs in the link and nowhere else. */
  registerTemplate<K extends MailTemplate>(
    kind: K,
    render: (about: MailTemplates[K]) => Promise<EmailContent | undefined>,
  ): void {
    if (this.templates.has(kind)) throw new Error(`Two kinds of mail are named "${kind}"`);
    // `enqueue` takes the parameters of this kind alone.
    this.templates.set(kind, (about) => render(about as MailTemplates[K]));
  }

  /** Enqueues a mail that is sent after the commit. */
  enqueue<K extends MailTemplate>(tx: AuditedTransaction, kind: K, about: MailTemplates[K] & object): Promise<void> {
    return this.jobs.enqueue(tx, QUEUE, [{ kind, about } satisfies QueuedMail]);
  }

  private async send(id: string, { kind, about }: QueuedMail): Promise<JobPostponed | void> {
    const render = this.templates.get(kind);
    if (!render) throw new Error(`No mail is of the kind "${kind}"`);
    const content = await render(about);
    if (!content) return this.count(kind, 'obsolete');
    const seconds = this.budget.secondsUntilRoom();
    if (seconds > 0) {
      this.count(kind, 'deferred');
      return new JobPostponed(Math.min(seconds, MAX_POSTPONED_SECONDS));
    }
    try {
      const mail = { id, ...renderEmail(content, this.config) };
      await inSpan(`send mail ${kind}`, { 'ctms.mail.kind': kind }, () => this.mailer.send(mail), 'client');
      this.count(kind, 'sent');
    } catch (error) {
      const reason = reasonOf(error as Error, content);
      this.count(kind, error instanceof MailRefused ? 'refused' : 'failed');
      // The error is stored with the job and logged: only the redacted reason goes into it.
      if (!(error instanceof MailRefused)) throw new Error(`The mail was not sent: ${reason}`);
      this.logger.warn({ msg: 'A mail was refused for good', kind, job: id, reason });
    }
  }

  private count(kind: MailTemplate, outcome: Outcome): void {
    this.mails.inc({ kind, outcome });
  }
}

/** Redacts the token: a mail server may quote the mail that it rejects. */
function reasonOf({ message }: Error, { link }: EmailContent): string {
  const text = link ? message.replaceAll(link.token, '***') : message;
  return text.slice(0, MAX_REASON);
}
