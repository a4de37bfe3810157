import { type Events } from '../core/events.js';
import { type Notices } from '../database/notices.js';

declare module '../core/events.js' {
  interface EventMap {
    /** Users and sessions that a request, or the system itself, changed here: `user:1`, `session:2`. */
    'access.changed': { readonly items: readonly string[]; readonly requestId: string | null };
  }
}

/** Whether what is remembered under a key is of the users or sessions that changed. */
type Concern<K, V> = (changed: Changed, key: K, value: V) => boolean;

/** The ids, as text, of users and sessions that changed. */
interface Changed {
  readonly users: ReadonlySet<string>;
  readonly sessions: ReadonlySet<string>;
}

const CHANNEL = 'ctms_access';
const MAX = 20_000;

/**
 * What the process remembers of users and sessions, so that a request need not ask. What changes here is forgotten
 * before the change is answered; what changes elsewhere, by a notice that the database sends with the commit. While
 * notices are not heard, nothing is known.
 */
export class Remembered<K, V> {
  private readonly known = new Map<K, V>();
  /** Counts what was forgotten: what was read before may be older than that. */
  private forgotten = 0;

  constructor(
    private readonly notices: Notices,
    events: Events,
    private readonly concerns: Concern<K, V>,
  ) {
    notices.on(CHANNEL, (items) => this.forget(items));
    notices.whenBack(() => this.forgetAll());
    events.on('access.changed', ({ items }) => this.forget(items));
  }

  get(key: K): V | undefined {
    if (!this.notices.hearing && this.known.size > 0) this.forgetAll();
    return this.known.get(key);
  }

  /** Reads; what was read is remembered, unless something was forgotten meanwhile. */
  async learn(read: () => Promise<readonly (readonly [K, V])[]>): Promise<readonly (readonly [K, V])[]> {
    const before = this.forgotten;
    const found = await read();
    if (before !== this.forgotten || !this.notices.hearing) return found;
    for (const [key, value] of found) this.known.set(key, value);
    for (const key of this.known.keys()) {
      if (this.known.size <= MAX) break;
      this.known.delete(key);
    }
    return found;
  }

  /** Forgets what concerns `user:1`, `session:2`. */
  forget(items: readonly string[]): void {
    this.forgotten++;
    const idsOf = (kind: string) =>
      new Set(items.filter((item) => item.startsWith(kind)).map((item) => item.slice(kind.length)));
    const changed = { users: idsOf('user:'), sessions: idsOf('session:') };
    for (const [key, value] of this.known) if (this.concerns(changed, key, value)) this.known.delete(key);
  }

  private forgetAll(): void {
    this.forgotten++;
    this.known.clear();
  }
}
