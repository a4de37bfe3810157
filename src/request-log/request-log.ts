import { Injectable, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import sql from 'sql-template-tag';
import { Config } from '../config/config.js';
import { originOf } from '../core/actor.js';
import { Database } from '../database/database.js';
import { Metrics } from '../metrics/metrics.js';
import { masked } from '../watch/masking.js';

const INTERVAL_MS = 50;
const BATCH = 1000;
const SHUTDOWN_ATTEMPTS = 5;

interface Line {
  readonly timestamp: string;
  readonly user_id: number | null;
  readonly username: string | null;
  readonly method: string;
  readonly path: string;
  readonly operation: string | null;
  readonly status_code: number;
  readonly duration_ms: number;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly request_id: string;
  readonly query: unknown;
  readonly request_body: unknown;
  readonly response_body: unknown;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** `Controller.method`, once a handler was reached. */
    operation?: string;
  }
}

/**
 * The request log: gathered in memory and written in batches, in order, off the request path. The queue is bounded; what
 * it has to drop, and what the database refuses, is counted and told, never silent.
 */
@Injectable()
export class RequestLog {
  private readonly logger = new Logger(RequestLog.name);
  private readonly queue: Line[] = [];
  private readonly dropped: Counter;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private unreported = 0;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    const registers = [metrics.registry];
    this.dropped = new Counter({
      name: 'ctms_request_log_dropped_total',
      help: 'Requests missing in the request log: it had no room, or the database refused them',
      registers,
    });
    const queued = new Gauge({ name: 'ctms_request_log_queued', help: 'Requests waiting to be written', registers });
    metrics.collect(() => queued.set(this.queue.length));
  }

  /** Notes a request that was answered. @param status of the answer, whether or not it reached anybody */
  note(request: FastifyRequest, reply: FastifyReply, status: number): void {
    if (this.queue.length >= this.config.requestLogQueue) return this.drop();
    this.queue.push(lineOf(request, reply, status));
    this.timer ??= setTimeout(() => this.start(), INTERVAL_MS).unref();
  }

  /** Writes whatever was noted before the call. */
  async flush(): Promise<void> {
    this.start();
    await this.writing;
  }

  /** Writes what is left, before the end. */
  async finish(): Promise<void> {
    for (let attempt = 0; this.queue.length > 0 && attempt < SHUTDOWN_ATTEMPTS; attempt++) await this.flush();
    if (this.queue.length > 0)
      this.logger.error({ msg: 'Requests could not be logged before the end', lost: this.queue.length });
  }

  private drop(): void {
    this.dropped.inc();
    this.unreported++;
  }

  private dropFirst(reason: unknown): void {
    const line = this.queue.shift();
    this.logger.error({
      msg: 'The database refused a request of the request log',
      request_id: line?.request_id,
      reason: String(reason),
    });
    this.drop();
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    // One batch after the other keeps the order.
    this.writing = this.writing.then(() => this.writeAll());
  }

  private async writeAll(): Promise<void> {
    let size = BATCH;
    while (this.queue.length > 0) {
      const batch = this.queue.slice(0, size);
      try {
        await this.database.rows(insertion(batch));
        this.queue.splice(0, batch.length);
        size = BATCH;
      } catch (error) {
        if (unstorable(error)) {
          // One line must not hold up all those behind it: halve until it is found, and drop it alone.
          if (batch.length === 1) this.dropFirst(error);
          size = Math.ceil(batch.length / 2);
          continue;
        }
        this.logger.warn({
          msg: 'The request log could not be written; trying again',
          queued: this.queue.length,
          reason: String(error),
        });
        this.timer ??= setTimeout(() => this.start(), 1000).unref();
        return;
      }
    }
    if (this.unreported > 0)
      this.logger.error({ msg: 'Requests are missing in the request log', dropped: this.unreported });
    this.unreported = 0;
  }
}

function lineOf(request: FastifyRequest, reply: FastifyReply, status: number): Line {
  const { user, problem, operation = null } = request;
  const { ip, userAgent } = originOf(request);
  return {
    timestamp: new Date(Date.now() - reply.elapsedTime).toISOString(),
    user_id: user?.id ?? null,
    username: user?.username ?? null,
    method: request.method,
    path: storablePath(request.url.split('?', 1)[0] ?? '/'),
    operation,
    status_code: status,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
    ip_address: ip,
    user_agent: userAgent,
    request_id: request.id,
    query: Object.keys((request.query ?? {}) as object).length > 0 ? masked(request.query) : null,
    // What was typed as a name may be a password: it is shown only where it was right.
    request_body: masked(request.body, status < 400 ? [] : ['username']),
    response_body: problem ?? null,
  };
}

/** Percent-encoded already; what is longer than any route is cut. */
const storablePath = (path: string): string => path.slice(0, 2000);

/** Data exceptions, violated constraints and exceeded limits: trying again would not help. */
const unstorable = (error: unknown): boolean => /^(22|23|54)/.test((error as { code?: string }).code ?? '');

const ESCAPED_BACKSLASH = '\\\\';
/** An escaped backslash is matched first, since a text may hold the six characters of an escape. */
const UNSTORABLE = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g;

/** JSON keeps what `jsonb` cannot hold only as an escape; it was refused as a body, but may be logged from a query. */
function insertion(lines: readonly Line[]) {
  const json = JSON.stringify(lines).replaceAll(UNSTORABLE, (escape) => (escape === ESCAPED_BACKSLASH ? escape : '?'));
  return sql`INSERT INTO api_audit_logs (timestamp, user_id, username, method, path, operation, status_code, duration_ms,
      ip_address, user_agent, request_id, query, request_body, response_body)
    SELECT * FROM jsonb_to_recordset(${json}::jsonb) AS r(timestamp timestamptz, user_id int, username text, method text,
      path text, operation text, status_code int, duration_ms numeric, ip_address text, user_agent text, request_id text,
      query jsonb, request_body jsonb, response_body jsonb)`;
}
