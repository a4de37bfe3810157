import { type WorkingCalendar } from '../../core/authorization/working-calendar.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Window {
  readonly opens: number;
  readonly closes: number;
}

/** Finds times at which people work, by the product's calendar; cached by zone and day, since each look-up formats a time. */
export class WorkingTimes {
  private readonly windows = new Map<string, readonly Window[]>();

  constructor(private readonly calendar: WorkingCalendar) {}

  /**
   * Returns `at` itself within working hours in `zone`, otherwise a time within the next working hours: the later in the
   * day `at` is, the later in the window, so that not everything happens at its opening.
   *
   * @param at ms since the epoch
   */
  atOrAfter(zone: string, at: number): number {
    for (let day = Math.floor(at / DAY); ; day++) {
      const window = this.windowsOf(zone, day).find(({ closes }) => closes > at);
      if (!window) continue;
      const { opens, closes } = window;
      return at >= opens ? at : Math.floor(opens + ((at % DAY) / DAY) * (closes - opens));
    }
  }

  /** Returns the windows that are open at the start of a day in UTC or open during it. */
  private windowsOf(zone: string, day: number): readonly Window[] {
    const key = `${zone} ${day}`;
    const known = this.windows.get(key) ?? this.find(zone, day * DAY);
    this.windows.set(key, known);
    return known;
  }

  private find(zone: string, start: number): Window[] {
    const windows: Window[] = [];
    for (let from = start; ;) {
      const opens = this.calendar.opensAt(zone, new Date(from)).getTime();
      if (opens >= start + DAY) return windows;
      const closes = this.closing(zone, opens);
      windows.push({ opens, closes });
      from = closes;
    }
  }

  /** Finds the end of a window in steps of an hour, then back by minutes, on which calendars change. */
  private closing(zone: string, opens: number): number {
    const isOpen = (at: number) => this.calendar.isOpen(zone, new Date(at));
    let closes = opens + HOUR;
    while (closes < opens + DAY && isOpen(closes)) closes += HOUR;
    while (closes > opens + MINUTE && !isOpen(closes - MINUTE)) closes -= MINUTE;
    return closes;
  }
}
