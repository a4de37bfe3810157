import { type Events } from '../../core/persistence/domain-events.js';
import { type Notices } from './pg-notify.js';

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    /** Users and sessions that a request, or the system itself, changed here: `user:1`, `session:2`. */
    'access.changed': { readonly items: readonly string[]; readonly requestId: string | null };
  }
}

const CHANNEL = 'ctms_access';
const MAX = 20_000;

/**
 * What the process remembers of users, or of sessions, by their ids as text, so that a request need not ask. What changes
 * here is forgotten before the change is answered; what changes elsewhere, by a notice that the database sends with the
 * commit. While notices are not heard, nothing is known.
 */
export class Remembered<V> {
  private readonly known = new Map<string, V>();
  /** The sessions that are known of a user: a change must not cost a walk over all. */
  private readonly ofUser = new Map<string, Set<string>>();
  /** Counts what was forgotten: what was read before may be older than that. */
  private forgotten = 0;

  constructor(
    private readonly notices: Notices,
    events: Events,
    /** What is remembered: the keys are its ids. */
    private readonly kind: 'user' | 'session',
    /** The id of the user that a session is of. */
    private readonly userOf?: (value: V) => number,
  ) {
    notices.on(CHANNEL, (items) => this.forget(items));
    notices.whenBack(() => this.forgetAll());
    events.on('access.changed', ({ items }) => this.forget(items));
  }

  get(key: string): V | undefined {
    if (!this.notices.hearing && this.known.size > 0) this.forgetAll();
    return this.known.get(key);
  }

  /** Reads; what was read is remembered, unless something was forgotten meanwhile. */
  async learn(read: () => Promise<readonly (readonly [string, V])[]>): Promise<readonly (readonly [string, V])[]> {
    const before = this.forgotten;
    const found = await read();
    if (before !== this.forgotten || !this.notices.hearing) return found;
    for (const [key, value] of found) this.keep(key, value);
    for (const key of this.known.keys()) {
      if (this.known.size <= MAX) break;
      this.drop(key);
    }
    return found;
  }

  /** Forgets what concerns `user:1`, `session:2`. */
  forget(items: readonly string[]): void {
    for (const item of items) {
      const [kind, id = ''] = item.split(':');
      if (kind === this.kind) this.drop(id);
      else if (kind === 'user') this.ofUser.get(id)?.forEach((key) => this.drop(key));
      // A session that changed changes nothing about a user.
      else continue;
      this.forgotten++;
    }
  }

  private keep(key: string, value: V): void {
    this.drop(key);
    this.known.set(key, value);
    if (!this.userOf) return;
    const user = String(this.userOf(value));
    this.ofUser.set(user, (this.ofUser.get(user) ?? new Set()).add(key));
  }

  private drop(key: string): void {
    const value = this.known.get(key);
    if (value === undefined) return;
    this.known.delete(key);
    const user = String(this.userOf?.(value));
    const keys = this.ofUser.get(user);
    if (keys?.delete(key) && keys.size === 0) this.ofUser.delete(user);
  }

  private forgetAll(): void {
    this.forgotten++;
    this.known.clear();
    this.ofUser.clear();
  }
}
