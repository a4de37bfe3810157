import { Injectable } from '@nestjs/common';
import { PgNotifyBus } from '../infrastructure/database/pg-notify.js';
import { BlockedTasksQueries } from './blocked-tasks.queries.js';

interface CachedList {
  readonly version: string;
  /** Null where the list of this version is too long. */
  readonly json: Buffer | null;
}

/**
 * Caches the list of all blocked tasks, which may be thousands, as JSON with its version. Every committed change of a
 * blocked task gives the list a new version, and callers read the current version from the database first, so that a
 * list of that version is never stale.
 */
@Injectable()
export class BlockedTasksCache {
  private cached: CachedList | undefined;
  private refreshing: Promise<void> | undefined;

  constructor(
    private readonly queries: BlockedTasksQueries,
    notifyBus: PgNotifyBus,
  ) {
    notifyBus.onDatabaseReplaced(() => (this.cached = undefined));
  }

  /** @returns the list of exactly this version, if it is cached; null where it is known to be too long */
  get(version: string): Buffer | null | undefined {
    return this.cached?.version === version ? this.cached.json : undefined;
  }

  /** Reads the list once for all concurrent callers. */
  refresh(): Promise<void> {
    this.refreshing ??= this.read().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async read(): Promise<void> {
    const row = await this.queries.all();
    this.cached = row && { version: row.version, json: row.json === null ? null : Buffer.from(row.json) };
  }
}
