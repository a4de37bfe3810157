import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Events } from '../core/events.js';
import { Database } from '../database/database.js';
import { Notices } from '../database/notices.js';

const CHANNEL = 'ctms_access';
const MAX_KNOWN = 20_000;

/**
 * The names of users by id, so that a list of tasks need not join them to each row. Forgotten as sessions are: before a
 * change here is answered, by a notice of the database where it was made elsewhere, and all while notices are not heard.
 */
@Injectable()
export class UserNames {
  private readonly known = new Map<string, string>();
  /** Counts what was forgotten: what was read before may be older than that. */
  private forgotten = 0;

  constructor(
    private readonly notices: Notices,
    private readonly database: Database,
    events: Events,
  ) {
    notices.on(CHANNEL, (items) => this.forget(items));
    notices.whenBack(() => this.forgetAll());
    events.on('access.changed', ({ items }) => this.forget(items));
  }

  /** The names of these users, in one statement at most; of those who are gone, the last that the audit trail knows. */
  async of(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    if (!this.notices.hearing) this.forgetAll();
    const names = new Map<string, string>();
    const unknown: string[] = [];
    for (const id of new Set(ids)) {
      const name = this.known.get(id);
      if (name === undefined) unknown.push(id);
      else names.set(id, name);
    }
    if (unknown.length > 0) await this.read(unknown, names);
    return names;
  }

  private async read(ids: readonly string[], names: Map<string, string>): Promise<void> {
    const before = this.forgotten;
    const found = await this.database.rows<{
      id: string;
      name: string;
    }>(sql`SELECT wanted.id::text, coalesce(u.username,
        (SELECT a.entity_name FROM audit_trail a WHERE a.entity_type = 'user' AND a.entity_id = wanted.id
          AND a.entity_name IS NOT NULL ORDER BY a.id DESC LIMIT 1), 'user ' || wanted.id) AS name
      FROM unnest(${ids}::int[]) AS wanted(id) LEFT JOIN users u ON u.id = wanted.id`);
    if (this.known.size + found.length > MAX_KNOWN) this.forgetAll();
    const remembered = before === this.forgotten && this.notices.hearing;
    for (const { id, name } of found) {
      names.set(id, name);
      if (remembered) this.known.set(id, name);
    }
  }

  private forget(items: readonly string[]): void {
    this.forgotten++;
    for (const item of items) if (item.startsWith('user:')) this.known.delete(item.slice(5));
  }

  private forgetAll(): void {
    this.forgotten++;
    this.known.clear();
  }
}
