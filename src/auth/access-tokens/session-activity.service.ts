import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';

import { Outage } from '../../core/persistence/outage.js';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { ActiveSessionsRepository } from './active-sessions.repository.js';

const INTERVAL_MS = 2000;

/**
 * Collects when sessions were last used and writes it in one statement every two seconds, so that no request waits for
 * it. A log-in flushes first, because it may have to choose the least recently used session.
 */
@Injectable()
export class SessionActivity implements BeforeApplicationShutdown {
  private readonly logger = new Logger(SessionActivity.name);
  private lastUse = new Map<number, Date>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** The write after the one under way, which all share that ask for it by then. */
  private next: Promise<void> | undefined;
  private readonly outage = new Outage(this.logger, 'The last use of sessions was not written');

  constructor(
    private readonly sessions: ActiveSessionsRepository,
    notifyBus: PgNotifyBus,
  ) {
    // In a restored database, another session may have the id.
    notifyBus.onDatabaseReplaced(() => this.lastUse.clear());
  }

  touch(sessionId: number, at: Date): void {
    this.lastUse.set(sessionId, at);
    this.timer ??= setTimeout(() => void this.flush(), INTERVAL_MS).unref();
  }

  /** Writes the collected times; resolves once earlier ones are written too. Call it before a transaction takes locks, since two flushes could wait for each other. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.next ??= this.writing.then(() => {
      this.next = undefined;
      return (this.writing = this.write());
    });
    return this.next;
  }

  private async write(): Promise<void> {
    if (this.lastUse.size === 0) return;
    const lastUse = this.lastUse;
    this.lastUse = new Map();
    await this.sessions.updateLastUse(lastUse).then(
      () => this.outage.worked(),
      (error: unknown) => this.outage.failed(error),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }
}
