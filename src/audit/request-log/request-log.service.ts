import { Injectable, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import { Config } from '../../core/config/config.js';
import { isPreparedStatementMismatch, readOnlyProblem } from '../../core/http/database-errors.js';
import { Clock } from '../../core/clock.js';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { Outage } from '../../core/persistence/outage.js';
import { Writability } from '../../core/persistence/writability.js';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { DeniedRequestCounts } from './denied-request-counts.js';
import { LogBudget } from './log-budget.js';
import { toDenialRecord, toLogRecord, toSlimLogRecord, type RequestLine } from './log-record.js';
import { RequestLogRepository } from './request-log.repository.js';

const INTERVAL_MS = 50;
const BATCH = 1000;
const BATCH_BYTES = 1_048_576;
/** Average size of a line that the queue has room for; most are far below a kilobyte. */
const LINE_BYTES = 4096;
const SHUTDOWN_ATTEMPTS = 5;
/** Time that denied requests of a group are counted before their row is written. */
const WINDOW_MS = 60_000;

/**
 * Queues the request log in memory and writes it in batches, in order, off the request path. Queue and batches are bounded
 * in lines and in bytes; a line that finds no room or cannot be stored is counted and logged as an error.
 *
 * The share of one user or address is bounded too. Requests beyond a rate limit are counted, one row per window; beyond the
 * hourly budget of bytes, rows lose their bodies, and beyond twice the budget only accepted changes have rows of their own.
 */
@Injectable()
export class RequestLog {
  private readonly logger = new Logger(RequestLog.name);
  private readonly queue: RequestLine[] = [];
  private queuedBytes = 0;
  /** Lines at the head of the queue that may be in the log: an insert of them failed, perhaps after its commit. */
  private uncertain = 0;
  private readonly denied = new DeniedRequestCounts();
  private readonly budget: LogBudget;
  private window: NodeJS.Timeout | undefined;
  private readonly dropped: Counter;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private unreported = 0;
  private readonly outage = new Outage(this.logger, 'The request log could not be written');

  constructor(
    private readonly config: Config,
    private readonly requestLog: RequestLogRepository,
    private readonly clock: Clock,
    private readonly writability: Writability,
    metrics: Metrics,
  ) {
    this.budget = new LogBudget(config.requestLogBytesPerHour / config.workers);
    const registers = [metrics.registry];
    this.dropped = new Counter({
      name: 'ctms_request_log_dropped_total',
      help: 'Requests missing in the request log: it had no room, or they could not be stored',
      registers,
    });
    const queued = new Gauge({ name: 'ctms_request_log_queued', help: 'Requests waiting to be written', registers });
    metrics.collect(() => queued.set(this.queue.length));
  }

  /** Logs a request. @param status of the response, also of an aborted one */
  append(request: FastifyRequest, reply: FastifyReply, status: number): void {
    const subject = request.user ? `user ${request.user.id}` : `address ${networkPrefixOf(request.ip)}`;
    const allowance = this.budget.allowance(subject, !request.user);
    if (status === TOO_MANY || (allowance === 'counted' && !isAcceptedChange(request, status)))
      return this.countDenied(request, status);
    const { requestLogQueue } = this.config;
    if (this.queue.length >= requestLogQueue || this.queuedBytes >= requestLogQueue * LINE_BYTES) return this.drop();
    try {
      const line = (allowance === 'whole' ? toLogRecord : toSlimLogRecord)(request, reply, status, this.clock.now());
      this.budget.spend(subject, !request.user, line.bytes);
      this.push(line);
    } catch (error) {
      return this.dropUnstorable(request.id, error);
    }
  }

  /** Writes all requests of before the call, counted ones included. */
  async flush(): Promise<void> {
    this.endWindow();
    this.start();
    await this.writing;
  }

  /** Writes the rest of the queue, in a few attempts, and logs what is lost. */
  async drainBeforeShutdown(): Promise<void> {
    this.endWindow();
    for (let attempt = 0; this.queue.length > 0 && attempt < SHUTDOWN_ATTEMPTS; attempt++) await this.flush();
    if (this.queue.length > 0)
      this.logger.error({ msg: 'Requests could not be logged before the end', lost: this.queue.length });
  }

  private countDenied(request: FastifyRequest, status: number): void {
    this.denied.count(request, status, this.clock.now());
    this.window ??= setTimeout(() => this.endWindow(), WINDOW_MS).unref();
  }

  private endWindow(): void {
    clearTimeout(this.window);
    this.window = undefined;
    this.denied.drain().forEach((counted) => this.push(toDenialRecord(counted)));
  }

  private push(line: RequestLine): void {
    this.queue.push(line);
    this.queuedBytes += line.bytes;
    this.timer ??= setTimeout(() => this.start(), INTERVAL_MS).unref();
  }

  private drop(): void {
    this.dropped.inc();
    this.unreported++;
  }

  private dropUnstorable(requestId: string, reason: unknown): void {
    this.logger.error({
      msg: 'A request cannot be stored in the request log',
      request_id: requestId,
      reason: String(reason),
    });
    this.drop();
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    // Sequential writes keep the order.
    this.writing = this.writing.then(() => this.writeAll());
  }

  private async writeAll(): Promise<void> {
    let size = BATCH;
    while (this.queue.length > 0) {
      const batch = this.nextBatch(size);
      try {
        await this.requestLog.insert(batch, this.uncertain > 0);
        this.reportSuccess();
        this.remove(batch.length);
        size = BATCH;
      } catch (error) {
        if (!isPermanentWriteError(error)) return this.scheduleRetry(error, batch.length);
        // One line must not hold up all later ones: halving the batch isolates it, and drops it alone.
        if (batch.length === 1) this.remove(1).forEach(({ requestId }) => this.dropUnstorable(requestId, error));
        size = Math.ceil(batch.length / 2);
      }
    }
    if (this.unreported > 0)
      this.logger.error({ msg: 'Requests are missing in the request log', dropped: this.unreported });
    this.unreported = 0;
  }

  /** Returns the next lines, limited in number and in bytes; one at least. */
  private nextBatch(size: number): RequestLine[] {
    let bytes = 0;
    const end = this.queue.findIndex((line, i) => i >= size || ((bytes += line.bytes) > BATCH_BYTES && i > 0));
    return this.queue.slice(0, end === -1 ? undefined : end);
  }

  private remove(count: number): RequestLine[] {
    const gone = this.queue.splice(0, count);
    this.uncertain = Math.max(0, this.uncertain - count);
    gone.forEach(({ bytes }) => (this.queuedBytes -= bytes));
    return gone;
  }

  private reportSuccess(): void {
    this.writability.worked('request log');
    this.outage.worked();
  }

  private scheduleRetry(error: unknown, tried: number): void {
    this.uncertain = Math.max(this.uncertain, tried);
    this.writability.failed('request log', error);
    const pause = this.outage.failed(error, { queued: this.queue.length });
    this.timer ??= setTimeout(() => this.start(), pause).unref();
  }
}

const TOO_MANY = 429;
const READS = ['GET', 'HEAD', 'OPTIONS'];

const isAcceptedChange = ({ method }: FastifyRequest, status: number): boolean =>
  status < 400 && !READS.includes(method);

/** SQLSTATE classes: missing features, data exceptions, constraints, limits, errors raised by triggers. */
const PERMANENT_WRITE_ERRORS = /^(0A|22|23|54|P0)/;

/**
 * Checks whether a line itself causes the error, so that a retry would fail again: PostgreSQL rejects it, or it could not be
 * sent. Other errors, such as a lost connection or a missing privilege, are temporary and concern every line.
 */
function isPermanentWriteError(error: unknown): boolean {
  if (readOnlyProblem(error) || isPreparedStatementMismatch(error)) return false;
  const { name, code } = error as { name?: string; code?: unknown };
  return (
    name === 'RangeError' || name === 'TypeError' || (typeof code === 'string' && PERMANENT_WRITE_ERRORS.test(code))
  );
}
