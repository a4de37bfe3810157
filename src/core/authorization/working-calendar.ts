import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { instantOf, localTime } from './local-time.js';

const MINUTE = 60_000;
const MAX_ZONES = 1000;

/** Start and end of the working hours on a user's wall clock, `HH:mm`. */
export interface WorkingWindow {
  readonly start: string;
  readonly end: string;
}

/**
 * Extension point: when people work. The default: every day from the configured start hour until before the end hour.
 */
@Injectable()
export class WorkingCalendar {
  private readonly start: number;
  private readonly end: number;
  /** Last result by zone: offsets and working hours change on whole minutes only. */
  private readonly cached = new Map<string, { readonly minute: number; readonly open: boolean }>();

  constructor(config: Config) {
    ({ start: this.start, end: this.end } = config.workingHours);
  }

  /** True if `at` is within working hours on the wall clock of `zone`, daylight saving included. */
  isOpen(zone: string, at: Date): boolean {
    const minute = Math.floor(at.getTime() / MINUTE);
    const hit = this.cached.get(zone);
    if (hit?.minute === minute) return hit.open;
    const { hour } = localTime(zone, at);
    const open = hour >= this.start && hour < this.end;
    if (this.cached.size >= MAX_ZONES) this.cached.clear();
    this.cached.set(zone, { minute, open });
    return open;
  }

  /** Returns the hours of a working day, which decisions show. */
  window(): WorkingWindow {
    return { start: fullHour(this.start), end: fullHour(this.end) };
  }

  /** Returns the first instant, `at` or later, within working hours in `zone`. */
  opensAt(zone: string, at: Date): Date {
    if (this.isOpen(zone, at)) return at;
    const local = localTime(zone, at);
    const days = local.hour >= this.end ? 1 : 0;
    let opening = instantOf(zone, { ...local, day: local.day + days, hour: this.start, minute: 0, second: 0 });
    // Daylight saving may skip the opening hour: work then starts at the end of the gap.
    while (!this.isOpen(zone, opening) || opening <= at) opening = new Date(opening.getTime() + MINUTE);
    return opening;
  }
}

const fullHour = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
