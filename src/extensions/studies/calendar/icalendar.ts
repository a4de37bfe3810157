import { setImmediate as nextTurn } from 'node:timers/promises';

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
/** Events that are written in one turn of the event loop. */
const EVENTS_A_TURN = 100;

/** Writes a calendar of RFC 5545. */
export async function writeCalendar(name: string, events: readonly DayEvent[]): Promise<string> {
  const head = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//CTMS//Studies//EN', 'CALSCALE:GREGORIAN'];
  const parts = [folded([...head, `X-WR-CALNAME:${escapeText(name)}`])];
  for (let start = 0; start < events.length; start += EVENTS_A_TURN) {
    parts.push(folded(events.slice(start, start + EVENTS_A_TURN).flatMap(linesOf)));
    await nextTurn();
  }
  return [...parts, folded(['END:VCALENDAR'])].join('');
}

const folded = (lines: readonly string[]): string => lines.map((line) => `${foldLine(line)}\r\n`).join('');

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
  if (Buffer.byteLength(line) <= MAX_OCTETS) return line;
  const octets = Buffer.from(line);
  const parts: string[] = [];
  for (let start = 0; start < octets.length;) {
    // The blank that begins a continuation counts.
    let end = Math.min(octets.length, start + MAX_OCTETS - (start === 0 ? 0 : 1));
    while (end < octets.length && isContinuation(octets[end])) end--;
    parts.push(octets.toString('utf8', start, end));
    start = end;
  }
  return parts.join('\r\n ');
}

/** True for an octet of UTF-8 that begins no character. */
const isContinuation = (octet = 0): boolean => (octet & 0xc0) === 0x80;
