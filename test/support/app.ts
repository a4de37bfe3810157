import { type LoggerService } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import passport from 'passport';
import { Pool } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { AppModule } from '../../src/app.module.js';
import { AccessTokenStrategy } from '../../src/auth/access-tokens/access-token.strategy.js';
import { createApp } from '../../src/server/create-app.js';
import { RequestLog } from '../../src/audit/request-log/request-log.service.js';
import { extensionFolders } from '../../src/core/config/extension-folders.js';
import { loadSettings } from '../../src/core/config/extension-settings.js';
import { loadConfig } from '../../src/core/config/load-config.js';
import { Clock } from '../../src/core/clock.js';
import { grantApplicationPrivileges } from '../../src/infrastructure/database-roles/application-role.js';
import { storeRedactionRules } from '../../src/infrastructure/database-roles/redaction-rules.js';
import { PgNotifyBus } from '../../src/infrastructure/database/pg-notify.js';
import { DeniedAccessRecorder } from '../../src/audit/access-log/denied-access.recorder.js';
import { APPLICATION_ROLE, newDatabase, type TestDatabase } from './database.js';
import { waitFor } from './wait-for.js';

/** A clock that tests move; it runs on from where it was set. */
export class TestClock extends Clock {
  private offset = 0;
  private heldAt: number | undefined;

  override now(): Date {
    return new Date(this.real() + this.offset);
  }

  set(time: string | Date): void {
    this.offset = new Date(time).getTime() - this.real();
  }

  /** Stands still until `reset`, so that a busy machine uses up no time; `set` and `advance` still move it. */
  hold(): void {
    this.heldAt ??= Date.now();
  }

  advance(seconds: number): void {
    this.offset += seconds * 1000;
  }

  reset(): void {
    this.offset = 0;
    this.heldAt = undefined;
  }

  private real(): number {
    return this.heldAt ?? Date.now();
  }
}

/** Settings of an app whose users send many requests at once: beyond their share, some wait, and are 429 on a busy machine. */
export const AT_ONCE = { BUDGETS: 'requests.share=100' };

/** Limits are for the specs about them; the others fail logins and send requests as they like. */
const WITHOUT_LIMITS = {
  RATE_LIMIT_ENABLED: 'false',
  LOGIN_FAILURES_BEFORE_CHALLENGE: '1000',
  LOGIN_FAILURES_PER_DAY: '1000000',
};
const TEST = { ENVIRONMENT: 'test', SECRET_KEY: 'k'.repeat(40), BCRYPT_COST: '4', ...WITHOUT_LIMITS };

/**
 * Strategies of the running apps. Passport knows one a process, that of the app which was started last: when this stops, the one
 * before it takes its place.
 */
const strategies: AccessTokenStrategy[] = [];

/** The product on a database of its own, as `main.ts` sets it up, with a clock to move and its log kept. */
export class TestApp {
  readonly log: string[] = [];
  /** Paths of all routes, as the documents write them: `/api/tasks/{id}`. */
  readonly routes: readonly string[] = [];
  private readonly superuser: Pool;
  private readonly afterStop: (() => Promise<void>)[] = [];

  private constructor(
    readonly nest: NestFastifyApplication,
    readonly clock: TestClock,
    readonly database: TestDatabase,
    private readonly shared: boolean,
  ) {
    this.superuser = new Pool({ connectionString: database.ownerUrl, max: 2, options: '-c TimeZone=UTC' });
    // Dropping the database may come before the last goodbye.
    this.superuser.on('error', () => undefined);
  }

  /**
   * @param shared whose database this one shares, as a second replica; it is not dropped at the end
   * @param folders of extensions to load
   * @param prepare called before anything is started
   */
  static async start(
    env: Record<string, string> = {},
    shared?: Pick<TestApp, 'database'>,
    folders = extensionFolders(),
    prepare?: (nest: NestFastifyApplication) => void,
  ): Promise<TestApp> {
    const database = shared?.database ?? (await newDatabase());
    const config = loadConfig({ ...TEST, ...env }, await loadSettings(folders));
    const lines: string[] = [];
    const app = await createApp(await AppModule.for(config, database.url, folders), config, logTo(lines));
    const routes = routesOf(app);
    const clock = new TestClock();
    // The one clock of the container, which others may hold already.
    const bound = app.get(Clock);
    bound.now = () => clock.now();
    prepare?.(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const bus = app.get(PgNotifyBus);
    await bus.start();
    // On a busy machine its first attempt may fail; one that is led elsewhere has no other.
    if (env.DATABASE_DIRECT_URL === undefined) await waitFor(() => bus.isConnected);
    const test = new TestApp(app, clock, database, shared !== undefined);
    await storeRedactionRules(test.superuser, config);
    Object.assign(test, { log: lines, routes: [...routes] });
    strategies.push(test.strategy);
    return test;
  }

  get server() {
    return this.nest.getHttpServer();
  }

  /** Counts the open connections, those of WebSockets too. The server sees the end of one some turns after its client. */
  connections(): Promise<number> {
    return new Promise((resolve) => this.server.getConnections((_, count) => resolve(count)));
  }

  /** Of the role that the product serves with. */
  get url(): string {
    return this.database.url;
  }

  /** Sets up and looks at things past the product, with rights that it has not. */
  async rows<R extends object>({ text, values }: Sql): Promise<R[]> {
    return (await this.superuser.query<R>(text, values)).rows;
  }

  /** Counts the transactions that wait for a lock. */
  async lockWaits(): Promise<number> {
    const waits = await this.superuser.query(`SELECT FROM pg_stat_activity
      WHERE wait_event_type = 'Lock' AND datname = current_database()`);
    return waits.rows.length;
  }

  /** Lets the product use what `rows` made, as migrating ends with. */
  grant(): Promise<void> {
    return grantApplicationPrivileges(this.superuser, APPLICATION_ROLE);
  }

  /** Makes the request log and the refusals visible to a query. */
  async flushed(): Promise<void> {
    await this.nest.get(DeniedAccessRecorder, { strict: false }).flush();
    await this.nest.get(RequestLog).flush();
  }

  private get strategy(): AccessTokenStrategy {
    return this.nest.get(AccessTokenStrategy, { strict: false });
  }

  /** Calls something that was started for this app once it has stopped. */
  onStopped(end: () => Promise<void>): void {
    this.afterStop.push(end);
  }

  async stop(): Promise<void> {
    const place = strategies.indexOf(this.strategy);
    if (place >= 0) strategies.splice(place, 1);
    const before = strategies.at(-1);
    if (before) passport.use('jwt', before);
    await this.nest.close();
    await this.superuser.end();
    if (!this.shared) await this.database.drop();
    for (const end of this.afterStop) await end();
  }
}

/** Collects the routes that are registered from now on. */
function routesOf(app: NestFastifyApplication): Set<string> {
  const routes = new Set<string>();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ url }) => void routes.add(url.replaceAll(/:(\w+)(?:\([^)]*\))?/g, '{$1}')));
  return routes;
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
