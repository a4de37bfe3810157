/**
 * The only fields whose values the request log may show. Whatever is not listed shows as `***`, so that a new secret
 * is masked until someone decides otherwise. Names, not paths: a listed field is shown wherever it stands.
 */
const SHOWN: ReadonlySet<string> = new Set([
  ...['title', 'description', 'status', 'priority', 'estimated_hours', 'actual_hours', 'deadline', 'assigned_to'],
  ...['parent_task', 'tags', 'task_ids', 'name', 'username', 'email', 'timezone', 'role', 'is_active', 'reason'],
  ...[
    'deadline_before',
    'deadline_after',
    'overdue',
    'needs_attention',
    'q',
    'sort',
    'limit',
    'cursor',
    'include_total',
  ],
  ...['created_by', 'from', 'to', 'bucket', 'actor', 'action', 'entity_type', 'entity_id', 'format', 'unread'],
  ...['method', 'path', 'user_id', 'request_id', 'since', 'until', 'status_code', 'action_taken', 'notification_id'],
  ...['field', 'session', 'as_of'],
]);

const MASK = '***';
const MAX_TEXT = 2000;
const MAX_ITEMS = 100;

/** What the request log may show of a body or a query. @param hidden fields that are masked here although listed */
export function masked(value: unknown, hidden: readonly string[] = []): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return MASK;
  const pairs = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    pairs.map(([field, inner]) => [field, SHOWN.has(field) && !hidden.includes(field) ? shown(inner) : MASK]),
  );
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (Array.isArray(value))
    return value.slice(0, MAX_ITEMS).map((item) => (typeof item === 'object' ? masked(item) : shown(item)));
  return typeof value === 'object' ? masked(value) : value;
}
