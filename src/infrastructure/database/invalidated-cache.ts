import { type EventBus } from '../../core/persistence/domain-events.js';
import { type PgNotifyBus } from './pg-notify.js';

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    /** Users and sessions that a request, or the system itself, changed here: `user:1`, `session:2`. */
    'principal.changed': { readonly items: readonly string[]; readonly requestId: string | null };
  }
}

const CHANNEL = 'ctms_access';
const MAX = 20_000;

/**
 * What the process remembers of users, or of sessions, by their ids as text, so that a request need not ask. What changes
 * here is forgotten before the change is answered; what changes elsewhere, by a notice that the database sends with the
 * commit. While notices are not heard, nothing is known.
 */
export class InvalidatedCache<V> {
  private readonly entries = new Map<string, V>();
  /** The sessions that are known of a user: a change must not cost a walk over all. */
  private readonly ofUser = new Map<string, Set<string>>();
  /** Counts what was forgotten: what was read before may be older than that. */
  private invalidations = 0;

  constructor(
    private readonly notifyBus: PgNotifyBus,
    events: EventBus,
    /** What is remembered: the keys are its ids. */
    private readonly kind: 'user' | 'session',
    /** The id of the user that a session is of. */
    private readonly userOf?: (value: V) => number,
  ) {
    notifyBus.subscribe(CHANNEL, (items) => this.invalidate(items));
    notifyBus.onReconnect(() => this.clear());
    events.afterCommit('principal.changed', ({ items }) => this.invalidate(items));
  }

  get(key: string): V | undefined {
    if (!this.notifyBus.isConnected && this.entries.size > 0) this.clear();
    return this.entries.get(key);
  }

  /** Reads; what was read is remembered, unless something was forgotten meanwhile. */
  async load(read: () => Promise<readonly (readonly [string, V])[]>): Promise<readonly (readonly [string, V])[]> {
    const before = this.invalidations;
    const found = await read();
    if (before !== this.invalidations || !this.notifyBus.isConnected) return found;
    for (const [key, value] of found) this.keep(key, value);
    for (const key of this.entries.keys()) {
      if (this.entries.size <= MAX) break;
      this.drop(key);
    }
    return found;
  }

  /** Forgets what concerns `user:1`, `session:2`. */
  invalidate(items: readonly string[]): void {
    for (const item of items) {
      const [kind, id = ''] = item.split(':');
      if (kind === this.kind) this.drop(id);
      else if (kind === 'user') this.ofUser.get(id)?.forEach((key) => this.drop(key));
      // A session that changed changes nothing about a user.
      else continue;
      this.invalidations++;
    }
  }

  private keep(key: string, value: V): void {
    this.drop(key);
    this.entries.set(key, value);
    if (!this.userOf) return;
    const user = String(this.userOf(value));
    this.ofUser.set(user, (this.ofUser.get(user) ?? new Set()).add(key));
  }

  private drop(key: string): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.entries.delete(key);
    const user = String(this.userOf?.(value));
    const keys = this.ofUser.get(user);
    if (keys?.delete(key) && keys.size === 0) this.ofUser.delete(user);
  }

  private clear(): void {
    this.invalidations++;
    this.entries.clear();
    this.ofUser.clear();
  }
}
