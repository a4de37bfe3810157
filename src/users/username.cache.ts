import { Injectable } from '@nestjs/common';
import { EventBus } from '../core/persistence/domain-events.js';
import { type QueryFn } from '../core/persistence/prepared-statements.js';
import { InvalidatedCache } from '../infrastructure/database/invalidated-cache.js';
import { PgNotifyBus } from '../infrastructure/database/pg-notify.js';
import { UsersRepository } from './users.repository.js';

/** Caches user names by id, so that lists of tasks need no join per row. */
@Injectable()
export class UsernameCache {
  private readonly cache: InvalidatedCache<string>;

  constructor(
    notifyBus: PgNotifyBus,
    private readonly users: UsersRepository,
    events: EventBus,
  ) {
    this.cache = new InvalidatedCache(notifyBus, events, 'user');
  }

  /** Resolves ids to names with one statement at most (`UsersRepository.findNames`). */
  async resolve(ids: Iterable<string>, query?: QueryFn): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const name = this.cache.get(id);
      if (name === undefined) missing.push(id);
      else names.set(id, name);
    }
    if (missing.length === 0) return names;
    const found = await this.cache.load(() => this.users.findNames(missing, query));
    for (const [id, name] of found) names.set(id, name);
    return names;
  }
}
