import { appendFile } from 'node:fs/promises';
import { Injectable, Logger } from '@nestjs/common';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { Config } from '../../core/config/config.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { postOutside, OUTSIDE_RETRIES } from '../../transparency-log/storage/post-outside.js';
import { redactionLine } from '../../transparency-log/storage/redaction-list.js';
import { RedactionsRepository } from './redactions.repository.js';

const AGAIN = 'publish-redactions-again';
const TO_FILE = 'append-redaction';
const TO_WEBHOOK = 'post-redaction';

const NOT_PUBLISHED =
  'A redaction could not be published outside for days; it is tried again. ' +
  'Until then, keep the list outside: npm run --silent redactions:list > redactions.ndjson';

interface RedactionPublication {
  readonly id: number;
}

/** Sends each applied redaction out of the host, so that it can be repeated after the restore of an older backup. */
@Injectable()
export class RedactionPublisher {
  private readonly logger = new Logger('Redactions');
  private readonly queues: readonly string[];

  constructor(
    { auditRedactionFile: file, auditRedactionWebhook: webhook }: Config,
    private readonly redactions: RedactionsRepository,
    private readonly jobs: JobQueue,
    private readonly unitOfWork: UnitOfWork,
  ) {
    this.queues = [...(file ? [TO_FILE] : []), ...(webhook ? [TO_WEBHOOK] : [])];
    if (file)
      jobs.process<RedactionPublication>(
        TO_FILE,
        async ({ id }) => appendFile(file, await this.line(id)),
        OUTSIDE_RETRIES,
      );
    if (webhook) jobs.process<RedactionPublication>(TO_WEBHOOK, ({ id }) => this.post(webhook, id), OUTSIDE_RETRIES);
    if (this.queues.length > 0) jobs.schedule(AGAIN, '0 * * * *', () => this.publishGivenUp());
  }

  /** Enqueues the publication in the transaction that removes the values. */
  async enqueue(tx: AuditedTransaction, id: number): Promise<void> {
    for (const queue of this.queues) await this.jobs.enqueue(tx, queue, [{ id }]);
  }

  /** Enqueues again what could not be published in all retries: no later publication contains it. */
  private async publishGivenUp(): Promise<number> {
    let count = 0;
    for (const queue of this.queues) {
      const givenUp = await this.unitOfWork.run(systemPrincipal(AGAIN), async (tx) =>
        (await this.jobs.tryExclusive(tx, AGAIN)) ? this.jobs.enqueueGivenUp<RedactionPublication>(tx, queue) : [],
      );
      for (const { id } of givenUp) this.logger.error({ msg: NOT_PUBLISHED, redaction: id, job: queue });
      count += givenUp.length;
    }
    return count;
  }

  private async post(webhook: string, id: number): Promise<void> {
    const line = await this.line(id);
    if (line !== '') await postOutside(webhook, line, 'application/x-ndjson');
  }

  private async line(id: number): Promise<string> {
    const listed = await this.redactions.findListed(id);
    // The job survives the restore of a copy that lacks the redaction.
    return listed ? redactionLine(listed) : '';
  }
}
