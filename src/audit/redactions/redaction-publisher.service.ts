import { appendFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { postOutside, OUTSIDE_RETRIES } from '../../transparency-log/storage/post-outside.js';
import { redactionLine } from '../../transparency-log/storage/redaction-list.js';
import { RedactionsRepository } from './redactions.repository.js';

const TO_FILE = 'append-redaction';
const TO_WEBHOOK = 'post-redaction';

interface RedactionPublication {
  readonly id: number;
}

/** Sends each applied redaction out of the host, so that it can be repeated after the restore of an older backup. */
@Injectable()
export class RedactionPublisher {
  private readonly queues: readonly string[];

  constructor(
    { auditRedactionFile: file, auditRedactionWebhook: webhook }: Config,
    private readonly redactions: RedactionsRepository,
    private readonly jobs: JobQueue,
  ) {
    this.queues = [...(file ? [TO_FILE] : []), ...(webhook ? [TO_WEBHOOK] : [])];
    if (file)
      jobs.process<RedactionPublication>(
        TO_FILE,
        async ({ id }) => appendFile(file, await this.line(id)),
        OUTSIDE_RETRIES,
      );
    if (webhook) jobs.process<RedactionPublication>(TO_WEBHOOK, ({ id }) => this.post(webhook, id), OUTSIDE_RETRIES);
  }

  /** Enqueues the publication in the transaction that removes the values. */
  async enqueue(tx: AuditedTransaction, id: number): Promise<void> {
    for (const queue of this.queues) await this.jobs.enqueue(tx, queue, [{ id }]);
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
