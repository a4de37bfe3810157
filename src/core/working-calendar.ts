import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';

interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const MINUTE = 60_000;
/** Zones are stored as they were given, and may be given in many spellings. */
const MAX_ZONES = 1000;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether the runtime knows an IANA zone or alias. */
export function isTimeZone(zone: string): boolean {
  // Offsets like "+05:30" are taken by newer runtimes only, and know no daylight saving.
  if (!/^[A-Za-z]/.test(zone) || zone.length > 64) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: zone }));
  } catch {
    return false;
  }
}

/** A seam: when people work. The default: every day from the configured start hour until before the end hour. */
@Injectable()
export class WorkingCalendar {
  private readonly start: number;
  private readonly end: number;
  /** By zone, what was last found: offsets and working hours change on whole minutes only. */
  private readonly found = new Map<string, { readonly minute: number; readonly open: boolean }>();

  constructor(config: Config) {
    ({ start: this.start, end: this.end } = config.workingHours);
  }

  /** Whether `at` is within working hours on the wall clock of `zone`, daylight saving included. */
  isOpen(zone: string, at: Date): boolean {
    const minute = Math.floor(at.getTime() / MINUTE);
    const known = this.found.get(zone);
    if (known?.minute === minute) return known.open;
    const { hour } = localTime(zone, at);
    const open = hour >= this.start && hour < this.end;
    if (this.found.size >= MAX_ZONES) this.found.clear();
    this.found.set(zone, { minute, open });
    return open;
  }

  /** The first instant, `at` or later, that is within working hours in `zone`. */
  opensAt(zone: string, at: Date): Date {
    if (this.isOpen(zone, at)) return at;
    const local = localTime(zone, at);
    const days = local.hour >= this.end ? 1 : 0;
    let opening = instantOf(zone, { ...local, day: local.day + days, hour: this.start, minute: 0, second: 0 });
    // Where daylight saving skips the opening hour, work starts when the clock comes out of the gap.
    while (!this.isOpen(zone, opening) || opening <= at) opening = new Date(opening.getTime() + MINUTE);
    return opening;
  }
}

function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone);
  if (!known) {
    known = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    if (formatters.size >= MAX_ZONES) formatters.clear();
    formatters.set(zone, known);
  }
  return known;
}

function localTime(zone: string, at: Date): LocalTime {
  const parts = formatter(zone).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    ...{ year: of('year'), month: of('month'), day: of('day') },
    ...{ hour: of('hour'), minute: of('minute'), second: of('second') },
  };
}

function asUtc({ year, month, day, hour, minute, second }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The instant at which the clock of `zone` shows `local`; twice, since the offset itself depends on the instant. */
function instantOf(zone: string, local: LocalTime): Date {
  const wanted = asUtc(local);
  let instant = wanted;
  for (let pass = 0; pass < 2; pass++) instant = wanted - (asUtc(localTime(zone, new Date(instant))) - instant);
  return new Date(instant);
}
