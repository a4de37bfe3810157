/** Event of whole days. */
export interface DayEvent {
  /** Unique over all calendars, and the same each time. */
  readonly uid: string;
  /** First day, `YYYY-MM-DD`. */
  readonly start: string;
  /** Last day; default: the first. */
  readonly end?: string | undefined;
  readonly summary: string;
  readonly description?: string | undefined;
  readonly location?: string | undefined;
  readonly status: 'TENTATIVE' | 'CONFIRMED';
  /** Time of the last change. */
  readonly stamp: Date;
}

const DAY_MS = 86_400_000;
/** RFC 5545 §3.1: octets of a line, without its end. */
const MAX_OCTETS = 75;

/** Writes a calendar of RFC 5545. */
export function writeCalendar(name: string, events: readonly DayEvent[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//CTMS//Studies//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${escapeText(name)}`,
    ...events.flatMap(linesOf),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join('');
}

function linesOf({ uid, start, end = start, summary, description, location, status, stamp }: DayEvent): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `DTSTAMP:${stamp.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`,
    `DTSTART;VALUE=DATE:${compact(start)}`,
    // The end is exclusive.
    `DTEND;VALUE=DATE:${compact(dayAfter(end))}`,
    `SUMMARY:${escapeText(summary)}`,
    ...(description ? [`DESCRIPTION:${escapeText(description)}`] : []),
    ...(location ? [`LOCATION:${escapeText(location)}`] : []),
    `STATUS:${status}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

const compact = (day: string): string => day.replaceAll('-', '');
const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

/** Escapes a text value (RFC 5545 §3.3.11); no control characters but line ends are allowed in one. */
export function escapeText(text: string): string {
  const escaped = text
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll(/\r\n|[\n\r\u2028\u2029]/g, '\\n');
  return escaped.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

/** Folds a line at 75 octets (RFC 5545 §3.1), between characters. */
export function foldLine(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > MAX_OCTETS) {
      parts.push(part);
      // The blank that begins a continuation counts.
      part = '';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n ');
}
