import { type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Budgets } from '../infrastructure/budgets/budgets.service.js';
import { READ_AHEAD, SLICE, slices } from '../core/http/slices.js';
import { holderOf } from '../infrastructure/budgets/fair-requests.js';
import { type Permit } from '../infrastructure/budgets/fair-semaphore.js';

/** Smaller responses cost less than counting them. */
const UNCOUNTED = 4096;
/** Minimal progress of a reader within the time for slow readers. */
const MIN_PROGRESS = SLICE;

interface Ledger {
  readonly permits: Set<Permit>;
  /** Bytes and time of the client's last progress. */
  taken: number;
  since: number;
}

/**
 * Counts the bytes of responses, of a stream `READ_AHEAD`, until their readers have received them, in the budget `unread_bytes`, and disconnects
 * readers without progress: sooner while the budget is exhausted.
 */
export class UnreadAnswers {
  private readonly logger = new Logger(UnreadAnswers.name);
  private readonly ledgers = new Map<Socket, Ledger>();
  private readonly everyMs: number;
  private readonly timer: NodeJS.Timeout;
  private lastCheckedAt = performance.now();

  constructor(
    private readonly budgets: Budgets,
    private readonly slowMs: number,
  ) {
    this.everyMs = Math.min(1000, slowMs / 2);
    this.timer = setInterval(() => this.cutOffSlow(), this.everyMs).unref();
  }

  watch(server: FastifyInstance): void {
    server.addHook('onSend', (request, reply, payload, done) => {
      request.permit?.release();
      done(null, this.count(request, reply, payload));
    });
    server.addHook('onClose', (_server, done) => {
      clearInterval(this.timer);
      done();
    });
  }

  /** @returns the payload to send instead */
  private count(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    const size = sizeOf(payload);
    const { socket } = request.raw;
    if (size <= UNCOUNTED || socket.destroyed) return payload;
    const { permits } = this.ledgerOf(socket);
    const permit = this.budgets.count('unread_bytes', holderOf(request), size);
    permits.add(permit);
    reply.raw.once('finish', () => {
      permit.release();
      permits.delete(permit);
    });
    if (size <= SLICE || payload instanceof Readable || request.method === 'HEAD') return payload;
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : (payload as Buffer);
    void reply.header('Content-Length', bytes.length);
    return Readable.from(slices(bytes), { objectMode: false, highWaterMark: SLICE });
  }

  /** One ledger a connection: responses to pipelined requests do not see its end. */
  private ledgerOf(socket: Socket): Ledger {
    const known = this.ledgers.get(socket);
    if (known) {
      if (known.permits.size === 0) Object.assign(known, { taken: takenBy(socket), since: performance.now() });
      return known;
    }
    const ledger = { permits: new Set<Permit>(), taken: takenBy(socket), since: performance.now() };
    this.ledgers.set(socket, ledger);
    socket.once('close', () => {
      this.ledgers.delete(socket);
      ledger.permits.forEach((permit) => permit.release());
    });
    return ledger;
  }

  private cutOffSlow(): void {
    const now = performance.now();
    // Progress of readers was not observed while the event loop was blocked.
    const blockedMs = Math.max(0, now - this.lastCheckedAt - this.everyMs);
    this.lastCheckedAt = now;
    const timeoutMs = this.budgets.isFull('unread_bytes') ? this.slowMs / 6 : this.slowMs;
    for (const [socket, ledger] of this.ledgers) {
      if (ledger.permits.size === 0) continue;
      ledger.since = Math.min(now, ledger.since + blockedMs);
      const taken = takenBy(socket);
      if (socket.writableLength === 0 || taken - ledger.taken >= MIN_PROGRESS)
        Object.assign(ledger, { taken, since: now });
      else if (now - ledger.since >= timeoutMs) this.cutOff(socket, now - ledger.since);
    }
  }

  private cutOff(socket: Socket, ms: number): void {
    const msg = 'A client that does not read its responses was disconnected';
    this.logger.warn({ msg, remote_address: socket.remoteAddress, seconds: Math.round(ms / 1000) });
    socket.destroy();
  }
}

/** Returns the bytes that the operating system has accepted. */
const takenBy = (socket: Socket): number => (socket.bytesWritten ?? 0) - socket.writableLength;

function sizeOf(payload: unknown): number {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload.length;
  return payload instanceof Readable ? READ_AHEAD : 0;
}
