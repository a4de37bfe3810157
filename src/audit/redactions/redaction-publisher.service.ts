import { appendFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { postOutside, RETRIES } from '../../transparency-log/storage/post-outside.js';
import { listedRedactions, redactionLine } from '../../transparency-log/storage/redaction-list.js';

const TO_FILE = 'append-redaction';
const TO_WEBHOOK = 'post-redaction';

interface RedactionPublication {
  readonly id: number;
}

/**
 * Sends each redaction out of the host as it is carried out, so that it can be repeated after a backup from before it was
 * restored.
 */
@Injectable()
export class RedactionPublisher {
  private readonly queues: readonly string[];

  constructor(
    { auditRedactionFile: file, auditRedactionWebhook: webhook }: Config,
    private readonly database: Database,
    private readonly jobs: JobQueue,
  ) {
    this.queues = [...(file ? [TO_FILE] : []), ...(webhook ? [TO_WEBHOOK] : [])];
    if (file)
      jobs.process<RedactionPublication>(TO_FILE, async ({ id }) => appendFile(file, await this.line(id)), RETRIES);
    if (webhook) jobs.process<RedactionPublication>(TO_WEBHOOK, ({ id }) => this.post(webhook, id), RETRIES);
  }

  /** Leaves with the transaction that takes the values out. */
  async add(tx: AuditedTransaction, id: number): Promise<void> {
    for (const queue of this.queues) await this.jobs.enqueue(tx, queue, [{ id }]);
  }

  private async post(webhook: string, id: number): Promise<void> {
    const line = await this.line(id);
    if (line !== '') await postOutside(webhook, line, 'application/x-ndjson');
  }

  private async line(id: number): Promise<string> {
    const [listed] = await listedRedactions((statement) => this.database.rows(statement), sql`r.id = ${id}`);
    // A copy without it may have been restored since.
    return listed ? redactionLine(listed) : '';
  }
}
