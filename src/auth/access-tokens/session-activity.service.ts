import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { Outage } from '../../core/persistence/outage.js';
import { Database } from '../../infrastructure/database/database.js';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';

const INTERVAL_MS = 2000;

/**
 * When sessions were last used, gathered and written in one statement every few seconds, since no request should wait
 * for it. A login writes what is gathered first, because it may have to choose the session that was unused for longest.
 */
@Injectable()
export class SessionActivity implements BeforeApplicationShutdown {
  private readonly logger = new Logger(SessionActivity.name);
  private used = new Map<number, Date>();
  private timer: NodeJS.Timeout | undefined;
  private readonly outage = new Outage(this.logger, 'The last use of sessions was not written');

  constructor(
    private readonly database: Database,
    notifyBus: PgNotifyBus,
  ) {
    // Another session may have the id there.
    notifyBus.onDatabaseReplaced(() => this.used.clear());
  }

  touch(sessionId: number, at: Date): void {
    this.used.set(sessionId, at);
    this.timer ??= setTimeout(() => void this.flush(), INTERVAL_MS).unref();
  }

  /** Writes what is gathered. A transaction that holds locks would wait for others who do the same: call it before. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const statement = this.drain();
    if (!statement) return;
    await this.database.rows(statement).then(
      () => this.outage.worked(),
      (error: unknown) => this.outage.failed(error),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private drain(): Sql | undefined {
    if (this.used.size === 0) return undefined;
    const [ids, times] = [[...this.used.keys()], [...this.used.values()]];
    this.used = new Map();
    // Rows that someone has locked, such as a refresh under way, are being used anyway: nobody waits for them.
    return sql`UPDATE user_sessions s SET last_used_at = u.at
      FROM unnest(${ids}::int[], ${times}::timestamptz[]) AS u(id, at)
      WHERE s.id = u.id AND s.last_used_at < u.at
        AND s.id IN (SELECT id FROM user_sessions WHERE id = ANY(${ids}::int[]) ORDER BY id FOR UPDATE SKIP LOCKED)`;
  }
}
