import { type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Budgets } from '../infrastructure/budgets/budgets.service.js';
import { holderOf } from '../infrastructure/budgets/fair-requests.js';
import { type Permit } from '../infrastructure/budgets/fair-semaphore.js';

/** Answers of so many bytes cost less than counting them. */
const UNCOUNTED = 4096;
/** A longer answer is written in slices, so that it shows how far its reader has come. */
const SLICE = 64 * 1024;
/** A stream keeps about this much ahead of its reader. */
const STREAM_BYTES = 2 * SLICE;
/** A reader takes at least so much within the time that slow readers have. */
const LEAST_TAKEN = SLICE;

interface Ledger {
  readonly permits: Set<Permit>;
  /** Bytes that the client had taken when it last made progress, and when that was. */
  taken: number;
  since: number;
}

/**
 * Counts the bytes of answers until their readers have taken them, in the budget `unread_bytes`, and cuts off connections
 * whose reader takes nothing for long: sooner while there is no room for others.
 */
export class UnreadAnswers {
  private readonly logger = new Logger(UnreadAnswers.name);
  private readonly ledgers = new Map<Socket, Ledger>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly budgets: Budgets,
    private readonly slowMs: number,
  ) {
    this.timer = setInterval(() => this.cutOffSlow(), Math.min(1000, slowMs / 2)).unref();
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

  /** @returns what is to be sent instead of the payload */
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

  /** One for each connection: answers to requests that were sent in a row do not hear of its end. */
  private ledgerOf(socket: Socket): Ledger {
    const known = this.ledgers.get(socket);
    if (known) {
      if (known.permits.size === 0) Object.assign(known, { taken: takenBy(socket), since: Date.now() });
      return known;
    }
    const ledger = { permits: new Set<Permit>(), taken: takenBy(socket), since: Date.now() };
    this.ledgers.set(socket, ledger);
    socket.once('close', () => {
      this.ledgers.delete(socket);
      ledger.permits.forEach((permit) => permit.release());
    });
    return ledger;
  }

  private cutOffSlow(): void {
    const now = Date.now();
    const patience = this.budgets.isFull('unread_bytes') ? this.slowMs / 6 : this.slowMs;
    for (const [socket, ledger] of this.ledgers) {
      if (ledger.permits.size === 0) continue;
      const taken = takenBy(socket);
      if (socket.writableLength === 0 || taken - ledger.taken >= LEAST_TAKEN)
        Object.assign(ledger, { taken, since: now });
      else if (now - ledger.since >= patience) this.cutOff(socket, now - ledger.since);
    }
  }

  private cutOff(socket: Socket, ms: number): void {
    const msg = 'A client that does not read its answers was cut off';
    this.logger.warn({ msg, remote_address: socket.remoteAddress, seconds: Math.round(ms / 1000) });
    socket.destroy();
  }
}

/** Bytes that were handed to the system. */
const takenBy = (socket: Socket): number => (socket.bytesWritten ?? 0) - socket.writableLength;

function sizeOf(payload: unknown): number {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload.length;
  return payload instanceof Readable ? STREAM_BYTES : 0;
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i += SLICE) yield bytes.subarray(i, i + SLICE);
}
