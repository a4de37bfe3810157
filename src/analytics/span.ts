import { parseInstant } from '../core/fields.js';
import { invalid } from '../core/problem.js';
import { type TrendFilter } from './analytics.dto.js';
import { type Span } from './analytics.queries.js';

const DAY_MS = 86_400_000;
const MAX_BUCKETS = 400;
const DEFAULT_DAYS = 30;

/**
 * The days that a report covers, in the zone of whoever asks.
 *
 * @throws Problem 422 for days that are not on the calendar, the wrong way round, or too many
 */
export function spanOf({ from, to, bucket = 'day' }: TrendFilter, zone: string, now: Date): Span {
  const last = dayOf('to', to) ?? today(zone, now);
  const first = dayOf('from', from) ?? last - (DEFAULT_DAYS - 1) * DAY_MS;
  const buckets = (last - first) / DAY_MS / (bucket === 'week' ? 7 : 1);
  if (first > last) throw fault('from', 'from must not be after to');
  if (buckets >= MAX_BUCKETS)
    throw fault('from', `from and to must span at most ${MAX_BUCKETS} buckets; use bucket=week or fewer days`);
  return { from: dateText(first), to: dateText(last), bucket };
}

const fault = (field: string, message: string) => invalid([{ field, code: 'invalid_span', message }]);
const dateText = (day: number): string => new Date(day).toISOString().slice(0, 10);

function dayOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const day = parseInstant(text);
  if (!(day instanceof Date)) throw fault(field, `${field} must be a day on the calendar, like 2026-03-01`);
  return day.getTime();
}

/** As midnight UTC of the day that the wall clock of the zone shows. */
function today(zone: string, now: Date): number {
  return Date.parse(new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(now));
}
