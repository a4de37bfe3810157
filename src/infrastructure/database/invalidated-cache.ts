import { type EventBus } from '../../core/persistence/domain-events.js';
import { type PgNotifyBus } from './pg-notify.js';

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    /** Users and sessions that a request or the system changed on this replica: `user:1`, `session:2`. */
    'principal.changed': { readonly items: readonly string[]; readonly requestId: string | null };
  }
}

/** Channel of changed users and sessions, which triggers of their tables send too. */
export const ACCESS_CHANNEL = 'ctms_access';
const MAX_ENTRIES = 20_000;

/**
 * Caches users or sessions by id, so that a request need not query them. Changes on this replica invalidate before
 * they are answered; changes on others by a NOTIFY that the database sends with the commit. Without a NOTIFY
 * connection the cache is empty.
 */
export class InvalidatedCache<V> {
  private readonly entries = new Map<string, V>();
  /** Cached sessions by user: a change must not scan all. */
  private readonly keysByUser = new Map<string, Set<string>>();
  /** Counts invalidations: a read that started before one may be stale. */
  private invalidations = 0;

  constructor(
    private readonly notifyBus: PgNotifyBus,
    events: EventBus,
    /** Kind of the cached records, whose ids are the keys. */
    private readonly kind: 'user' | 'session',
    /** Returns the user id of a session. */
    private readonly userOf?: (value: V) => number,
  ) {
    notifyBus.subscribe(ACCESS_CHANNEL, (items) => this.invalidate(items));
    notifyBus.onReconnect(() => this.clear());
    events.afterCommit('principal.changed', ({ items }) => this.invalidate(items));
  }

  get(key: string): V | undefined {
    if (!this.notifyBus.isConnected && this.entries.size > 0) this.clear();
    return this.entries.get(key);
  }

  /** Reads and caches entries, unless an invalidation came in between. */
  async load(read: () => Promise<readonly (readonly [string, V])[]>): Promise<readonly (readonly [string, V])[]> {
    const before = this.invalidations;
    const found = await read();
    if (before !== this.invalidations || !this.notifyBus.isConnected) return found;
    for (const [key, value] of found) this.store(key, value);
    for (const key of this.entries.keys()) {
      if (this.entries.size <= MAX_ENTRIES) break;
      this.drop(key);
    }
    return found;
  }

  /** Drops the entries of `user:1`, `session:2`. */
  invalidate(items: readonly string[]): void {
    for (const item of items) {
      const [kind, id = ''] = item.split(':');
      if (kind === this.kind) this.drop(id);
      else if (kind === 'user') this.keysByUser.get(id)?.forEach((key) => this.drop(key));
      // A changed session leaves its user as it is.
      else continue;
      this.invalidations++;
    }
  }

  private store(key: string, value: V): void {
    this.drop(key);
    this.entries.set(key, value);
    if (!this.userOf) return;
    const user = String(this.userOf(value));
    this.keysByUser.set(user, (this.keysByUser.get(user) ?? new Set()).add(key));
  }

  private drop(key: string): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.entries.delete(key);
    const user = String(this.userOf?.(value));
    const keys = this.keysByUser.get(user);
    if (keys?.delete(key) && keys.size === 0) this.keysByUser.delete(user);
  }

  private clear(): void {
    this.invalidations++;
    this.entries.clear();
    this.keysByUser.clear();
  }
}
