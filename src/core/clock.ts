import { Injectable } from '@nestjs/common';

/** The one source of "now". Tests bind a clock that they can move. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
