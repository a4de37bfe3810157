import { type LoggerService } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import sql, { type Sql } from 'sql-template-tag';
import { AppModule } from '../../src/app.module.js';
import { createApp } from '../../src/app.setup.js';
import { RequestLog } from '../../src/audit/request-log.js';
import { loadConfig } from '../../src/config/config.js';
import { Clock } from '../../src/core/clock.js';
import { Database } from '../../src/database/database.js';
import { Notices } from '../../src/database/notices.js';
import { Refusals } from '../../src/watch/refusals.js';
import { newDatabase, type TestDatabase } from './database.js';

/** A clock that tests move; it runs on from where it was set. */
export class TestClock extends Clock {
  private offset = 0;

  override now(): Date {
    return new Date(Date.now() + this.offset);
  }

  set(time: string | Date): void {
    this.offset = new Date(time).getTime() - Date.now();
  }

  advance(seconds: number): void {
    this.offset += seconds * 1000;
  }

  reset(): void {
    this.offset = 0;
  }
}

/** Limits are for the specs about them; the others fail logins and send requests as they like. */
const WITHOUT_LIMITS = { RATE_LIMIT_ENABLED: 'false', LOGIN_FAILURES_BEFORE_CHALLENGE: '1000' };
const TEST = { ENVIRONMENT: 'test', SECRET_KEY: 'k'.repeat(40), BCRYPT_COST: '4', ...WITHOUT_LIMITS };

/** The product on a database of its own, as `main.ts` sets it up, with a clock to move and its log kept. */
export class TestApp {
  readonly log: string[] = [];

  private constructor(
    readonly nest: NestFastifyApplication,
    readonly clock: TestClock,
    private readonly own: TestDatabase | undefined,
    readonly url: string,
  ) {}

  /**
   * @param shared the app whose database this one shares, as a second replica
   * @param folders of extensions to load
   * @param prepare called before anything is started
   */
  static async start(
    env: Record<string, string> = {},
    shared?: TestApp,
    folders?: string[],
    prepare?: (nest: NestFastifyApplication) => void,
  ): Promise<TestApp> {
    const own = shared ? undefined : await newDatabase();
    const url = shared?.url ?? (own as TestDatabase).url;
    const config = loadConfig({ ...TEST, ...env });
    const lines: string[] = [];
    const app = await createApp(await AppModule.for(config, url, folders), config, logTo(lines));
    const clock = new TestClock();
    // The one clock of the container, whoever holds it already.
    const bound = app.get(Clock);
    bound.now = () => clock.now();
    prepare?.(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await app.get(Notices).start();
    const test = new TestApp(app, clock, own, url);
    Object.assign(test, { log: lines });
    return test;
  }

  get server() {
    return this.nest.getHttpServer();
  }

  rows<R extends object>(statement: Sql): Promise<R[]> {
    return this.nest.get(Database).rows<R>(statement);
  }

  /** Makes the request log and the refusals visible to a query. */
  async flushed(): Promise<void> {
    await this.nest.get(Refusals, { strict: false }).settled();
    await this.nest.get(RequestLog).flush();
  }

  async stop(): Promise<void> {
    await this.nest.close();
    await this.own?.drop();
  }
}

function logTo(lines: string[]): LoggerService {
  const write = (...parts: unknown[]) =>
    void lines.push(
      parts
        .map((part) =>
          part instanceof Error ? part.stack : typeof part === 'object' ? inspectLine(part) : String(part),
        )
        .join(' '),
    );
  return { log: write, error: write, warn: write, debug: write, verbose: write, fatal: write };
}

function inspectLine(part: object | null): string {
  return JSON.stringify(part, (_key, value: unknown) => (value instanceof Error ? value.stack : value));
}

export { sql };
