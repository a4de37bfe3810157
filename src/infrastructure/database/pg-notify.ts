import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import sql from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Config } from '../../core/config/config.js';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import { isSqlState } from '../../core/persistence/sqlstate.js';
import { Outage } from '../../core/persistence/outage.js';
import { within } from '../../core/within.js';
import { urlOf } from './data-source.js';
import { Database } from './database.js';
import { INCARNATION, Incarnation, type DatabaseIncarnation } from './incarnation.js';

/** Below PostgreSQL's limit of 7,999 bytes a notification. */
const MAX_PAYLOAD = 7500;
const PROBE_CHANNEL = 'ctms_probe';
const BATCH_MS = 10;
const RECONNECT_MS = 1000;
const HEARTBEAT_MS = 2000;
/** Silence after which a vanished peer is detected. */
const SILENCE_MS = 5000;

type Subscriber = (items: readonly string[]) => void;

/**
 * Publishes short messages between replicas by PostgreSQL's LISTEN and NOTIFY: hints to look, never the data itself.
 * One connection of its own listens. While it is down messages are lost, so subscribers also query the database on
 * reconnect, and periodically.
 */
@Injectable()
export class PgNotifyBus implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PgNotifyBus.name);
  private readonly listeners = new Map<string, Subscriber[]>();
  private readonly reconnectHandlers: ((silentMs: number) => void)[] = [];
  private readonly replacedHandlers: (() => void)[] = [];
  private readonly unpublishedHandlers: ((channels: ReadonlySet<string>) => void)[] = [];
  private readonly outage = new Outage(this.logger, 'Notifications from other replicas do not arrive');
  private readonly incarnation = new Incarnation();
  private readonly waiting = new Map<string, string[]>();
  private flushed = Promise.resolve();
  private client: DatabaseClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private heardAt = -Infinity;
  /** Last proof that no message was lost, also of an earlier connection. */
  private provenAt = performance.now();
  private started = false;
  private stopped = false;

  constructor(
    private readonly source: DataSource,
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /**
   * Calls `subscriber` with the items that any replica, this one too, published on a channel. Subscribe before
   * `start`.
   */
  subscribe(channel: string, listener: Subscriber): void {
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
  }

  /** Calls `handler` after each reconnect with the time for which messages may have been lost, in ms. */
  onReconnect(listener: (silentMs: number) => void): void {
    this.reconnectHandlers.push(listener);
  }

  /** Calls `handler` when the database was replaced by another one, or by an older copy: earlier reads may be wrong. */
  onDatabaseReplaced(listener: () => void): void {
    this.replacedHandlers.push(listener);
  }

  /** Calls `handler` with the channels whose items could not be published and are lost. */
  onUnpublished(handler: (channels: ReadonlySet<string>) => void): void {
    this.unpublishedHandlers.push(handler);
  }

  /** True while messages arrive; false until `start`, and at most five seconds late when the connection has died. */
  get isConnected(): boolean {
    return performance.now() - this.heardAt < SILENCE_MS;
  }

  /** Publishes items, without blanks in them, to all replicas. Items of about the same time go out in one statement. */
  publish(channel: string, items: readonly string[]): void {
    this.waiting.set(channel, (this.waiting.get(channel) ?? []).concat(items));
    this.timer ??= setTimeout(() => void this.flush(), BATCH_MS);
  }

  /** Starts to listen; resolves when it does, or when the first attempt has failed. */
  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    await this.connect();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.heardAt = -Infinity;
    clearInterval(this.heartbeat);
    await this.flush();
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    const client = this.newClient();
    this.client = client;
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      await this.probe(client);
      this.connected(client, await this.isReplaced(client));
    } catch (error) {
      this.lost(client, error as Error);
    }
  }

  private newClient(): DatabaseClient {
    const client = new DatabaseClient({
      connectionString: this.config.databaseDirectUrl ?? urlOf(this.source),
      application_name: `${this.config.appName} notices`,
      connectionTimeoutMillis: 5000,
      answerTimeoutMillis: SILENCE_MS,
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('The connection ended')));
    client.on('notification', ({ channel, payload = '' }) => this.dispatch(channel, payload));
    return client;
  }

  /**
   * Asserts that notifications arrive: a pooler accepts LISTEN and answers queries, yet may deliver none; then no
   * cache may be trusted.
   */
  private async probe(client: DatabaseClient): Promise<void> {
    const word = randomUUID();
    await client.query(`LISTEN ${PROBE_CHANNEL}`);
    const arrived = new Promise<boolean>((resolve) => {
      client.on('notification', ({ payload }) => payload === word && resolve(true));
      setTimeout(() => resolve(false), SILENCE_MS).unref();
    });
    const said = this.database.rows(sql`SELECT pg_notify(${PROBE_CHANNEL}, ${word})`);
    // The publishing query gets no more time than that either.
    if (!(await Promise.race([arrived, said.then(() => arrived)])))
      throw new Error('NOTIFY does not arrive; behind a pooler, DATABASE_DIRECT_URL must lead past it');
    await client.query(`UNLISTEN ${PROBE_CHANNEL}`);
  }

  /**
   * Marks the connection as proven. Only now does a heartbeat mean that notifications arrive: behind a pooler queries
   * succeed without them.
   */
  private connected(client: DatabaseClient, replaced: boolean): void {
    if (this.client !== client || this.stopped) return;
    const silentMs = performance.now() - this.provenAt;
    this.heardAt = this.provenAt = performance.now();
    this.heartbeat = setInterval(() => void this.beat(client), HEARTBEAT_MS).unref();
    this.outage.worked();
    if (replaced) this.notifyDatabaseReplaced(silentMs);
    else this.reconnectHandlers.forEach((listener) => listener(silentMs));
  }

  private lost(client: DatabaseClient, error: Error): void {
    if (this.client !== client || this.stopped) return;
    this.client = undefined;
    this.heardAt = -Infinity;
    clearInterval(this.heartbeat);
    void client.end().catch(() => undefined);
    this.reconnectLater(error);
  }

  private reconnectLater(error: Error): void {
    this.outage.failed(error);
    setTimeout(() => void this.connect().catch((failed: Error) => this.reconnectLater(failed)), RECONNECT_MS).unref();
  }

  /** Queries the server: nothing else detects a vanished peer. */
  private async beat(client: DatabaseClient): Promise<void> {
    const asked = performance.now();
    try {
      const replaced = await this.isReplaced(client);
      if (this.client !== client) return;
      if (replaced) this.notifyDatabaseReplaced(asked - this.provenAt);
      this.heardAt = this.provenAt = asked;
    } catch (error) {
      this.lost(client, error as Error);
    }
  }

  /**
   * Checks for a replaced database. While a copy is being restored, tables are missing: the server answers with an
   * error.
   */
  private async isReplaced(client: DatabaseClient): Promise<boolean> {
    try {
      const [seen] = (await client.query<DatabaseIncarnation>(INCARNATION.text)).rows;
      return seen !== undefined && this.incarnation.hasChanged(seen);
    } catch (error) {
      const { code } = error as { code?: string };
      if (!isSqlState(code) || /^(08|57)/.test(code)) throw error;
      return this.incarnation.hasChanged({ identity: code, last: null });
    }
  }

  private notifyDatabaseReplaced(silentMs: number): void {
    this.logger.warn('The database was replaced by another one, or by an older copy: all caches are cleared');
    this.replacedHandlers.forEach((listener) => listener());
    this.reconnectHandlers.forEach((listener) => listener(silentMs));
  }

  private dispatch(channel: string, payload: string): void {
    const items = payload.split(' ').filter(Boolean);
    for (const listener of this.listeners.get(channel) ?? []) listener(items);
  }

  /** Sends what waits after the flush before: on two connections of the pool, the later one could overtake it. */
  private flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const send = () => this.sendWaiting();
    return (this.flushed = this.flushed.then(send, send));
  }

  private async sendWaiting(): Promise<void> {
    const channels = new Set(this.waiting.keys());
    const words = [...this.waiting].flatMap(([channel, items]) => payloads(items).map((payload) => [channel, payload]));
    this.waiting.clear();
    if (words.length === 0) return;
    const statement = sql`SELECT pg_notify(w.channel, w.payload) FROM jsonb_to_recordset(${JSON.stringify(
      words.map(([channel, payload]) => ({ channel, payload })),
    )}::jsonb) AS w(channel text, payload text)`;
    // A statement on a connection that was cut must not hold back later ones.
    await within(SILENCE_MS, this.database.rows(statement)).catch((error: unknown) => {
      this.logger.warn({ msg: 'Other replicas could not be notified at once', reason: (error as Error).message });
      this.unpublishedHandlers.forEach((handler) => handler(channels));
    });
  }
}

/** Joins items by blanks into as few payloads as fit. */
function payloads(items: readonly string[]): string[] {
  const texts: string[] = [];
  let text = '';
  for (const item of items) {
    if (text && text.length + item.length + 1 > MAX_PAYLOAD) {
      texts.push(text);
      text = '';
    }
    text = text ? `${text} ${item}` : item;
  }
  return text ? [...texts, text] : texts;
}
