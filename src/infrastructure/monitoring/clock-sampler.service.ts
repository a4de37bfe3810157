import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DATABASE_TIME, DatabaseTime } from '../../core/persistence/database-time.js';
import { Database } from '../database/database.js';
import { Metrics } from './metrics.js';

/** More than one, since the first are slow: the connection is new, and the process busy. */
const FIRST_SAMPLES = 5;
const CHECK_MS = 10_000;
const TOLERANCE_MS = 1000;

/** Synchronizes `DatabaseTime` with the database's clock from the start, and warns of a wrong process clock. */
@Injectable()
export class ClockSampler implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Clock');
  private timer: NodeJS.Timeout | undefined;
  private isOff = false;

  constructor(
    private readonly time: DatabaseTime,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    const difference = new Gauge({
      name: 'ctms_clock_difference_seconds',
      help: 'How far the clock of this process is ahead of the clock of the database; negative: behind',
      // Workers of one host share its clock.
      aggregator: 'average',
      registers: [metrics.registry],
    });
    metrics.collect(() => difference.set(this.time.processAhead / 1000));
  }

  async onModuleInit(): Promise<void> {
    for (let i = 0; i < FIRST_SAMPLES; i++) await this.sample();
    this.warn();
    this.timer = setInterval(() => void this.check(), CHECK_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async check(): Promise<void> {
    await this.sample();
    this.warn();
  }

  /** Takes a sample; without the database the time runs on by the monotonic clock. */
  private async sample(): Promise<void> {
    const sent = performance.now();
    const row = await this.database.row<{ time: number }>(DATABASE_TIME).catch(() => undefined);
    if (row) this.time.sample(row.time, sent, performance.now());
  }

  private warn(): void {
    const seconds = this.time.processAhead / 1000;
    const isOff = Math.abs(seconds) * 1000 > TOLERANCE_MS;
    if (isOff === this.isOff) return;
    this.isOff = isOff;
    if (!isOff) return this.logger.log('The clock of this host agrees with that of the database again');
    const by = `${Math.abs(seconds).toFixed(1)} s ${seconds > 0 ? 'ahead of' : 'behind'}`;
    const msg = `The clock of this host is ${by} that of the database, whose time is used: synchronize both (NTP)`;
    this.logger.warn({ msg, seconds });
  }
}
