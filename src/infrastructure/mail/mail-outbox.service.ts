import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Config } from '../../core/config/config.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobQueue } from '../jobs/job-queue.service.js';
import { Metrics } from '../monitoring/metrics.js';
import { type EmailContent, renderEmail } from './email-template.js';
import { MailBudget } from './mail-budget.service.js';
import { Mailer, MailRefused } from './mailer.js';

/**
 * The mails of the product: by kind, what must be known to write one. Ids and facts only, since it waits in a table;
 * modules add theirs: `declare module './mail-outbox.service.js' { interface MailTemplates { greeting: { userId: number } } }`.
 */
export interface MailTemplates {}

export type MailTemplate = keyof MailTemplates & string;

/** Writes a letter when it is about to be sent; undefined where there is nothing to say any more. */
type TemplateRenderer = (about: never) => Promise<EmailContent | undefined>;

interface Waiting {
  readonly kind: MailTemplate;
  readonly about: object;
}

type Outcome = 'sent' | 'refused' | 'failed' | 'obsolete' | 'deferred';

const QUEUE = 'mail';
const MAX_REASON = 500;
/** The first retry after 15 to 30 seconds, each later one after twice as long: ten of them take 4 to 9 hours. */
const PATIENCE = { retries: 10, retryDelay: 15, parallel: 3 };

/** The outbox: mails that stand or fall with the transaction that causes them, and are written only when they are sent. */
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
    jobs.process<Waiting>(QUEUE, (waiting, { id }) => this.send(id, waiting), PATIENCE);
  }

  /** Declares how mails of a kind are written. A token belongs into the letter's link and nowhere else. */
  registerTemplate<K extends MailTemplate>(
    kind: K,
    write: (about: MailTemplates[K]) => Promise<EmailContent | undefined>,
  ): void {
    if (this.templates.has(kind)) throw new Error(`Two kinds of mail are named "${kind}"`);
    this.templates.set(kind, write);
  }

  /** Adds a mail that is sent once the transaction is committed. */
  enqueue<K extends MailTemplate>(tx: AuditedTransaction, kind: K, about: MailTemplates[K] & object): Promise<void> {
    return this.jobs.enqueue(tx, QUEUE, [{ kind, about } satisfies Waiting]);
  }

  private async send(id: string, { kind, about }: Waiting): Promise<void> {
    const write = this.templates.get(kind);
    if (!write) throw new Error(`No mail is of the kind "${kind}"`);
    const letter = await write(about as never);
    if (!letter) return this.count(kind, 'obsolete');
    if (!this.budget.maySend()) {
      this.count(kind, 'deferred');
      // The job is tried again later.
      throw new Error('The mail waits: this process has sent as many as it may within the hour');
    }
    try {
      await this.mailer.send({ id, ...renderEmail(letter, this.config) });
      this.count(kind, 'sent');
    } catch (error) {
      const reason = reasonOf(error as Error, letter);
      this.count(kind, error instanceof MailRefused ? 'refused' : 'failed');
      // What is thrown is kept with the job and logged: nothing of what the server said but the words.
      if (!(error instanceof MailRefused)) throw new Error(`The mail was not sent: ${reason}`);
      this.logger.warn({ msg: 'A mail was refused for good', kind, job: id, reason });
    }
  }

  private count(kind: MailTemplate, outcome: Outcome): void {
    this.mails.inc({ kind, outcome });
  }
}

/** A server may repeat what it refuses. */
function reasonOf({ message }: Error, { link }: EmailContent): string {
  const text = link ? message.replaceAll(link.token, '***') : message;
  return text.slice(0, MAX_REASON);
}
