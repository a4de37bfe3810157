import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import sql from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Config } from '../../core/config/config.js';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import { isSqlState } from '../../core/persistence/sqlstate.js';
import { Outage } from '../../core/persistence/outage.js';
import { urlOf } from './data-source.js';
import { Database } from './database.js';
import { INCARNATION, Incarnation, type Seen } from './incarnation.js';

/** PostgreSQL takes 7,999 bytes a notice. */
const MAX_PAYLOAD = 7500;
const PROBE = 'ctms_probe';
const GATHER_MS = 10;
const RECONNECT_MS = 1000;
const HEARTBEAT_MS = 2000;
/** A peer that vanished without a word is missed after so long. */
const SILENCE_MS = 5000;

type Listener = (items: readonly string[]) => void;

/**
 * Short words from replica to replica, by PostgreSQL's LISTEN and NOTIFY: a wake-up, never the truth. One connection of
 * its own listens. While it is away words are lost, so whoever listens also asks the database when told that it is back,
 * and now and then anyhow.
 */
@Injectable()
export class PgNotifyBus implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PgNotifyBus.name);
  private readonly listeners = new Map<string, Listener[]>();
  private readonly reconnectHandlers: (() => void)[] = [];
  private readonly replacedHandlers: (() => void)[] = [];
  private readonly outage = new Outage(this.logger, 'Notices from other replicas are not heard');
  private readonly incarnation = new Incarnation();
  private readonly waiting = new Map<string, string[]>();
  private client: DatabaseClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private heardAt = -Infinity;
  private started = false;
  private stopped = false;

  constructor(
    private readonly source: DataSource,
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Calls `listener` with the words that any replica, this one too, said on a channel. Declared before `start`. */
  subscribe(channel: string, listener: Listener): void {
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
  }

  /** Calls `listener` whenever the connection is there again: words may have been lost. */
  onReconnect(listener: () => void): void {
    this.reconnectHandlers.push(listener);
  }

  /** Calls `listener` when the database is another one than before, or an older copy of it: what was read may be wrong. */
  onDatabaseReplaced(listener: () => void): void {
    this.replacedHandlers.push(listener);
  }

  /** Whether words are heard now; false until `start`, and at most five seconds late when the connection has died. */
  get isConnected(): boolean {
    return performance.now() - this.heardAt < SILENCE_MS;
  }

  /** Says a word, without blanks, to all replicas. What is said at about the same time goes out in one statement. */
  publish(channel: string, ...items: string[]): void {
    this.waiting.set(channel, (this.waiting.get(channel) ?? []).concat(items));
    this.timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  /** Listens from now on; resolves when it does, or when the first attempt has failed. */
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
      // A peer that vanished without a word is missed after so long.
      answerTimeoutMillis: SILENCE_MS,
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('The connection ended')));
    client.on('notification', ({ channel, payload = '' }) => this.dispatch(channel, payload));
    return client;
  }

  /** A pooler takes a LISTEN and answers queries, and yet no word arrives: then nothing kept in memory may be trusted. */
  private async probe(client: DatabaseClient): Promise<void> {
    const word = randomUUID();
    await client.query(`LISTEN ${PROBE}`);
    const arrived = new Promise<boolean>((resolve) => {
      client.on('notification', ({ payload }) => payload === word && resolve(true));
      setTimeout(() => resolve(false), SILENCE_MS).unref();
    });
    const said = this.database.rows(sql`SELECT pg_notify(${PROBE}, ${word})`);
    // Whether it was said is not waited for any longer than that.
    if (!(await Promise.race([arrived, said.then(() => arrived)])))
      throw new Error('NOTIFY does not arrive; behind a pooler, DATABASE_DIRECT_URL must lead past it');
    await client.query(`UNLISTEN ${PROBE}`);
  }

  /** Only from here on is an answer a sign that words are heard: behind a pooler all but the words arrives. */
  private connected(client: DatabaseClient, replaced: boolean): void {
    if (this.client !== client || this.stopped) return;
    this.heardAt = performance.now();
    this.heartbeat = setInterval(() => void this.beat(client), HEARTBEAT_MS).unref();
    this.outage.worked();
    if (replaced) this.notifyDatabaseReplaced();
    else this.reconnectHandlers.forEach((listener) => listener());
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

  /** A peer that vanished without a word is found out only by asking. */
  private async beat(client: DatabaseClient): Promise<void> {
    const asked = performance.now();
    try {
      const replaced = await this.isReplaced(client);
      if (this.client !== client) return;
      if (replaced) this.notifyDatabaseReplaced();
      this.heardAt = asked;
    } catch (error) {
      this.lost(client, error as Error);
    }
  }

  /** While a copy is being restored, tables are missing: the server answers, with an error. */
  private async isReplaced(client: DatabaseClient): Promise<boolean> {
    try {
      const [seen] = (await client.query<Seen>(INCARNATION.text)).rows;
      return seen !== undefined && this.incarnation.hasChanged(seen);
    } catch (error) {
      const { code } = error as { code?: string };
      if (!isSqlState(code) || /^(08|57)/.test(code)) throw error;
      return this.incarnation.hasChanged({ identity: code, last: null });
    }
  }

  private notifyDatabaseReplaced(): void {
    this.logger.warn('The database is another one than before, or an older copy of it: nothing of it is remembered');
    for (const listener of [...this.replacedHandlers, ...this.reconnectHandlers]) listener();
  }

  private dispatch(channel: string, payload: string): void {
    const items = payload.split(' ').filter(Boolean);
    for (const listener of this.listeners.get(channel) ?? []) listener(items);
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const words = [...this.waiting].flatMap(([channel, items]) => payloads(items).map((payload) => [channel, payload]));
    this.waiting.clear();
    if (words.length === 0) return;
    const statement = sql`SELECT pg_notify(w.channel, w.payload) FROM jsonb_to_recordset(${JSON.stringify(
      words.map(([channel, payload]) => ({ channel, payload })),
    )}::jsonb) AS w(channel text, payload text)`;
    await this.database.rows(statement).catch((error: unknown) => {
      this.logger.warn({ msg: 'Other replicas could not be told at once', reason: (error as Error).message });
    });
  }
}

/** Items joined by blanks, each text as long as a notice may be. */
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
