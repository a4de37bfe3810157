import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { EventBus } from '../core/persistence/domain-events.js';
import { type QueryFn } from '../core/persistence/prepared-statements.js';
import { Database } from '../infrastructure/database/database.js';
import { PgNotifyBus } from '../infrastructure/database/pg-notify.js';
import { InvalidatedCache } from '../infrastructure/database/invalidated-cache.js';

/** The names of users by id, so that a list of tasks need not join them to each row. */
@Injectable()
export class UsernameCache {
  private readonly known: InvalidatedCache<string>;

  constructor(
    notifyBus: PgNotifyBus,
    private readonly database: Database,
    events: EventBus,
  ) {
    this.known = new InvalidatedCache(notifyBus, events, 'user');
  }

  /** The names of these users, in one statement at most; of those who are gone, the last that the audit trail knows. */
  async resolve(ids: Iterable<string>, query: QueryFn = this.database.ask): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    const unknown: string[] = [];
    for (const id of new Set(ids)) {
      const name = this.known.get(id);
      if (name === undefined) unknown.push(id);
      else names.set(id, name);
    }
    if (unknown.length === 0) return names;
    for (const [id, name] of await this.known.load(() => this.read(unknown, query))) names.set(id, name);
    return names;
  }

  private async read(ids: readonly string[], query: QueryFn): Promise<[string, string][]> {
    const found = await query<{ id: string; name: string }>(sql`SELECT wanted.id::text, coalesce(u.username,
        (SELECT a.entity_name FROM audit_trail a WHERE a.entity_type = 'user' AND a.entity_id = wanted.id
          AND a.entity_name IS NOT NULL ORDER BY a.id DESC LIMIT 1), 'user ' || wanted.id) AS name
      FROM unnest(${ids}::int[]) AS wanted(id) LEFT JOIN users u ON u.id = wanted.id`);
    return found.map(({ id, name }) => [id, name]);
  }
}
