import { appendFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { Database } from '../../infrastructure/database/database.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { postOutside, OUTSIDE_RETRIES } from '../storage/post-outside.js';
import { latestCheckpoint } from '../storage/stored-tree.js';
import { insertDeparture } from './departures.sql.js';

const PUBLISH = 'send-checkpoints';
const TO_FILE = 'append-checkpoint';
const TO_WEBHOOK = 'post-checkpoint';

interface Publication {
  readonly size: number;
}

/**
 * Sends signed checkpoints out of the host, so that copies elsewhere contradict a rewritten database. Publishes when the
 * tree has grown, and not more often than configured.
 */
@Injectable()
export class CheckpointPublisher {
  private readonly queues: readonly string[];

  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly jobs: JobQueue,
  ) {
    const { auditCheckpointFile: file, auditCheckpointWebhook: webhook } = config;
    this.queues = [...(file ? [TO_FILE] : []), ...(webhook ? [TO_WEBHOOK] : [])];
    jobs.schedule(PUBLISH, '* * * * *', () => this.publish());
    if (file)
      jobs.process<Publication>(TO_FILE, async ({ size }) => appendFile(file, await this.note(size)), OUTSIDE_RETRIES);
    if (webhook)
      jobs.process<Publication>(
        TO_WEBHOOK,
        async ({ size }) => postOutside(webhook, await this.note(size), 'text/plain'),
        OUTSIDE_RETRIES,
      );
  }

  /** Enqueues the newest checkpoint where it is due. @returns the number of destinations */
  private publish(): Promise<number> {
    return this.unitOfWork.run(systemPrincipal(PUBLISH), async (tx) => {
      if (this.queues.length === 0 || !(await this.jobs.tryExclusive(tx, PUBLISH))) return 0;
      const [publication] = await tx.query<Publication>(insertDeparture(this.config.auditCheckpointMinutes));
      if (!publication) return 0;
      for (const queue of this.queues) await this.jobs.enqueue(tx, queue, [publication]);
      return this.queues.length;
    });
  }

  private async note(size: number): Promise<string> {
    const checkpoint = await latestCheckpoint((statement) => this.database.rows(statement), size);
    if (!checkpoint) throw new Error(`There is no checkpoint of ${size} entries`);
    return checkpoint.note;
  }
}
