import { Injectable } from '@nestjs/common';

/** Maximal relative drift of two clocks; crystals of servers are better than 100 ppm. */
const DRIFT = 200e-6;
/** Corrections up to this do not turn the time back. */
const LARGEST_HOLD_MS = 1000;

/**
 * Estimates the time of the database's clock from samples: a database time `d` requested at `sent` and received at
 * `received`, both of the process's monotonic clock, means that the difference of the two clocks lies between `d -
 * received` and `d - sent`. Samples narrow that interval; the drift widens it with time (Marzullo's algorithm, as NTP
 * uses it, for one source). So one slow response does not move the time, and a wrong or jumping process clock has no
 * effect.
 */
@Injectable()
export class DatabaseTime {
  /** Bounds of the offset from the monotonic clock. */
  private low = Date.now() - performance.now();
  private high = this.low;
  private sampledAt = -Infinity;
  private last = 0;

  /** Returns milliseconds since 1970; until the first sample, those of the process's own clock. */
  now(): number {
    const time = performance.now() + (this.low + this.high) / 2;
    const isHeld = time < this.last && this.last - time <= LARGEST_HOLD_MS;
    if (!isHeld) this.last = time;
    return this.last;
  }

  /** Milliseconds since the last sample; infinite before the first. */
  get age(): number {
    return performance.now() - this.sampledAt;
  }

  /** Returns how far the process's own clock is ahead, in ms; negative where it is slow. */
  get processAhead(): number {
    return Date.now() - performance.now() - (this.low + this.high) / 2;
  }

  /**
   * @param time of the database's clock, in ms since 1970
   * @param sent reading of `performance.now()` before the query
   * @param received reading of `performance.now()` after the result
   */
  sample(time: number, sent: number, received: number): void {
    const slack = DRIFT * (received - this.sampledAt);
    const low = Math.max(this.low - slack, time - received);
    const high = Math.min(this.high + slack, time - sent);
    // No overlap: the database's clock was set, or it is another server's after a failover.
    const isStep = !(low <= high);
    this.low = isStep ? time - received : low;
    this.high = isStep ? time - sent : high;
    this.sampledAt = received;
  }
}

/** Selects the time of the database's clock in ms since 1970, as `time`. */
export const DATABASE_TIME = {
  text: 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS time',
  values: [],
};
