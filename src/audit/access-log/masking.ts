import { exponentZeros } from '../../core/http/pg-text.js';

/**
 * Allowlist of fields whose values the request log may show. All others show as `***`, so that a new secret is masked by
 * default. Names, not paths: a listed field is shown at any depth.
 */
const LOGGABLE_FIELDS: ReadonlySet<string> = new Set([
  ...['title', 'description', 'status', 'priority', 'estimated_hours', 'actual_hours', 'deadline', 'assigned_to'],
  ...['parent_task', 'tags', 'task_ids', 'name', 'username', 'email', 'timezone', 'role', 'is_active', 'reason'],
  ...['deadline_before', 'deadline_after', 'overdue', 'needs_attention', 'sort', 'limit', 'include_total'],
  ...['created_by', 'from', 'to', 'bucket', 'actor', 'action', 'entity_type', 'entity_id', 'format', 'unread'],
  ...['method', 'path', 'user_id', 'request_id', 'since', 'until', 'status_code', 'action_taken', 'notification_id'],
  ...['field', 'session', 'as_of', 'bom'],
]);

/** Free text. Shown only where an audit entry holds it too, through which it can be redacted. */
const FREE_TEXT: readonly string[] = ['title', 'description', 'name', 'reason'];

const MASK = '***';
const MAX_NAME = 100;
const MAX_TEXT = 2000;
const MAX_ITEMS = 100;
/** Limit of all names and texts of a body or a query together, in characters. */
const MAX_TOTAL_LENGTH = 16_384;
/** Characters that count for a value besides its text. */
const OVERHEAD = 4;

/** Masks a query; null where it is empty. Search texts are masked: they may be what a record has to lose. */
export function maskedQuery(query: unknown): unknown {
  return Object.keys((query ?? {}) as object).length > 0 ? maskUnlisted(query, FREE_TEXT) : null;
}

/** Masks a body. A failed login may have a password in `username`, so that is shown for successful requests only. */
export function maskedBody(body: unknown, status: number): unknown {
  return maskUnlisted(body, status < 400 ? [] : [...FREE_TEXT, 'username']);
}

/** @param hidden fields to mask although they are listed */
function maskUnlisted(value: unknown, hidden: readonly string[]): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return MASK;
  return new BoundedCopier((field) => LOGGABLE_FIELDS.has(field) && !hidden.includes(field)).value(value);
}

/** Limits the size of a value without masking it. */
export function truncateForLog(value: unknown): unknown {
  return new BoundedCopier(() => true).value(value);
}

/** Copies a value up to a total size, so that no single request fills the log. */
class BoundedCopier {
  private remaining = MAX_TOTAL_LENGTH;

  constructor(private readonly isShown: (field: string) => boolean) {}

  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value, MAX_TEXT);
    this.remaining -= OVERHEAD;
    if (typeof value === 'number') this.remaining -= exponentZeros(value);
    if (Array.isArray(value)) return Array.from(this.fitting(value), (item) => this.value(item));
    return typeof value === 'object' && value !== null ? this.fields(value) : value;
  }

  private fields(object: object): object {
    const pairs = this.fitting<[string, unknown]>(Object.entries(object));
    return Object.fromEntries(
      Array.from(pairs, ([field, inner]) => [
        this.text(field, MAX_NAME),
        this.isShown(field) ? this.value(inner) : this.text(MASK, MAX_TEXT),
      ]),
    );
  }

  private text(text: string, max: number): string {
    const length = Math.max(0, Math.min(text.length, max, this.remaining));
    this.remaining -= length + OVERHEAD;
    return length < text.length ? `${text.slice(0, length)}…` : text;
  }

  private *fitting<T>(items: readonly T[]): Generator<T> {
    for (const item of items.slice(0, MAX_ITEMS)) {
      if (this.remaining <= 0) return;
      yield item;
    }
  }
}
