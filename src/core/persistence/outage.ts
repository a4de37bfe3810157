import { type Logger } from '@nestjs/common';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

/**
 * Tracks consecutive failures of a background loop: logs the first and the recovery, and spaces out the attempts
 * between.
 */
export class Outage {
  private since: number | undefined;
  private failures = 0;

  /** @param what failed, as a sentence */
  constructor(
    private readonly logger: Logger,
    private readonly what: string,
  ) {}

  /** @returns the delay before the next attempt, in ms */
  failed(error: unknown, more: object = {}): number {
    if (this.since === undefined) {
      this.since = performance.now();
      this.logger.warn({ msg: `${this.what}; trying again`, reason: reasonOf(error), ...more });
    }
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures++);
  }

  worked(): void {
    if (this.since === undefined) return;
    const seconds = Math.round((performance.now() - this.since) / 1000);
    this.logger.log({ msg: `${this.what} for ${seconds} s; it works again`, failures: this.failures });
    this.since = undefined;
    this.failures = 0;
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));
