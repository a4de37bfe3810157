/**
 * The only fields whose values the request log may show. Whatever is not listed shows as `***`, so that a new secret
 * is masked until someone decides otherwise. Names, not paths: a listed field is shown wherever it stands.
 */
const LOGGABLE_FIELDS: ReadonlySet<string> = new Set([
  ...['title', 'description', 'status', 'priority', 'estimated_hours', 'actual_hours', 'deadline', 'assigned_to'],
  ...['parent_task', 'tags', 'task_ids', 'name', 'username', 'email', 'timezone', 'role', 'is_active', 'reason'],
  ...['deadline_before', 'deadline_after', 'overdue', 'needs_attention', 'sort', 'limit', 'include_total'],
  ...['created_by', 'from', 'to', 'bucket', 'actor', 'action', 'entity_type', 'entity_id', 'format', 'unread'],
  ...['method', 'path', 'user_id', 'request_id', 'since', 'until', 'status_code', 'action_taken', 'notification_id'],
  ...['field', 'session', 'as_of', 'bom'],
]);

/** What people write freely. It is shown only where an entry of the trail may stand for it, by which it can be taken out again. */
const FREE_TEXT: readonly string[] = ['title', 'description', 'name', 'reason'];

const MASK = '***';
const MAX_NAME = 100;
const MAX_TEXT = 2000;
const MAX_ITEMS = 100;
/** All names and texts of a body or a query together, in characters. */
const MAX_SHOWN = 16_384;
/** What a value takes up beside its text. */
const OVERHEAD = 4;

/** What may be shown of a query; null where there is none. What somebody looked for may be the very text that a record must lose. */
export function maskedQuery(query: unknown): unknown {
  return Object.keys((query ?? {}) as object).length > 0 ? masked(query, FREE_TEXT) : null;
}

/** What may be shown of a body. What was typed as a name may be a password: that too is shown only where it was right. */
export function maskedBody(body: unknown, status: number): unknown {
  return masked(body, status < 400 ? [] : [...FREE_TEXT, 'username']);
}

/** @param hidden fields that are masked although listed */
function masked(value: unknown, hidden: readonly string[]): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return MASK;
  return new BoundedCopier((field) => LOGGABLE_FIELDS.has(field) && !hidden.includes(field)).value(value);
}

/** A value without masks, but no longer than one that is masked. */
export function truncateForLog(value: unknown): unknown {
  return new BoundedCopier(() => true).value(value);
}

/** Copies a value as far as there is room, so that no single request fills the log. */
class BoundedCopier {
  private room = MAX_SHOWN;

  constructor(private readonly shows: (field: string) => boolean) {}

  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value, MAX_TEXT);
    this.room -= OVERHEAD;
    if (Array.isArray(value)) return Array.from(this.fitting(value), (item) => this.value(item));
    return typeof value === 'object' && value !== null ? this.fields(value) : value;
  }

  private fields(object: object): object {
    const pairs = this.fitting<[string, unknown]>(Object.entries(object));
    return Object.fromEntries(
      Array.from(pairs, ([field, inner]) => [
        this.text(field, MAX_NAME),
        this.shows(field) ? this.value(inner) : this.text(MASK, MAX_TEXT),
      ]),
    );
  }

  private text(text: string, max: number): string {
    const length = Math.max(0, Math.min(text.length, max, this.room));
    this.room -= length + OVERHEAD;
    return length < text.length ? `${text.slice(0, length)}…` : text;
  }

  private *fitting<T>(items: readonly T[]): Generator<T> {
    for (const item of items.slice(0, MAX_ITEMS)) {
      if (this.room <= 0) return;
      yield item;
    }
  }
}
