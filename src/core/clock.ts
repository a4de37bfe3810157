import { Injectable, Optional } from '@nestjs/common';
import { DatabaseTime } from './persistence/database-time.js';

/**
 * Source of "now" for the whole product: the time of the database's clock, which all replicas share, so that times
 * order the writes of different replicas. Measure durations with `performance.now()`. Tests bind a clock that they
 * can move.
 */
@Injectable()
export class Clock {
  constructor(@Optional() private readonly time: DatabaseTime = new DatabaseTime()) {}

  now(): Date {
    return new Date(this.time.now());
  }
}
