interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAY_MS = 86_400_000;
const YEAR_2 = Date.parse('0002-01-01T00:00:00Z');
/** Bounds the cache: the same zone may be given in many spellings. */
const MAX_ZONES = 1000;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** True for an IANA zone or alias that the runtime knows. */
export function isTimeZone(zone: string): boolean {
  // Newer runtimes also accept offsets like "+05:30", which know no daylight saving.
  if (!/^[A-Za-z]/.test(zone) || zone.length > 64) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: zone }));
  } catch {
    return false;
  }
}

function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone);
  if (!known) {
    known = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formatters.size >= MAX_ZONES) formatters.clear();
    formatters.set(zone, known);
  }
  return known;
}

/** Returns the wall-clock time of a zone. */
export function localTime(zone: string, at: Date): LocalTime {
  const parts = formatter(zone).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: of('year'),
    month: of('month'),
    day: of('day'),
    hour: of('hour'),
    minute: of('minute'),
    second: of('second'),
  };
}

/** Avoids `Date.UTC`, which maps years below 100 to the twentieth century. */
function asUtc({ year, month, day, hour, minute, second }: LocalTime): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.setUTCHours(hour, minute, second, 0);
}

/**
 * Returns the instant at which the clock of `zone` shows `local`. Two passes, since the offset itself depends on the
 * instant.
 */
export function instantOf(zone: string, local: LocalTime): Date {
  const target = asUtc(local);
  let instant = target;
  for (let pass = 0; pass < 2; pass++) instant = target - (asUtc(localTime(zone, new Date(instant))) - instant);
  return new Date(instant);
}

/**
 * Returns the first instant of a calendar day in a zone. Where daylight saving skips midnight, that is the end of the
 * gap; where the clock shows midnight twice, the earlier one. A day that a zone left out is empty: it starts when the
 * next one does.
 *
 * @param day `YYYY-MM-DD`
 * @param daysLater calendar days to add
 */
export function startOfDay(zone: string, day: string, daysLater = 0): Date {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const midnight = asUtc({ year, month, day: date + daysLater, hour: 0, minute: 0, second: 0 });
  const before = offsetAt(zone, midnight - DAY_MS);
  const after = offsetAt(zone, midnight + DAY_MS);
  const candidates = [midnight - before, midnight - after].sort((a, b) => a - b);
  const found = candidates.find((instant) => instant + offsetAt(zone, instant) === midnight);
  return new Date(found ?? transition(zone, midnight - DAY_MS, midnight + DAY_MS));
}

/** Finds, to the second, the first instant after `from` at which the offset of a zone changes. */
function transition(zone: string, from: number, to: number): number {
  const old = offsetAt(zone, from);
  let [low, high] = [from, to];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(zone, middle) === old) low = middle;
    else high = middle;
  }
  return high;
}

/** Returns the offset of a zone from UTC in ms, at a whole second. */
function offsetAt(zone: string, instant: number): number {
  // Years before 1 are formatted with an era; offsets were the same then.
  const at = Math.max(instant, YEAR_2);
  return asUtc(localTime(zone, new Date(at))) - at;
}
