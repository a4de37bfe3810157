import { type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { type FastifyInstance } from 'fastify';
import { type Budgets } from '../infrastructure/budgets/budgets.service.js';
import { corsHeaders } from './cors.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { problemBody } from '../core/http/problem.filter.js';

/** So many requests at once are never refused: bursts of one page, or of a few, are no overload. */
const NEVER_REFUSED = 100;
/** So many are let in before it is known how fast they are answered. */
const FIRST_BURST = 400;
const SETTLING_MS = 500;
/** Whoever is let in should be answered within so many seconds. */
const TARGET_SECONDS = 0.75;
/** Answers are counted over a second, in slots. */
const SLOT_MS = 100;
const SLOTS = 10;
/** A connection whose request was refused is not read for so long: clients that ask again at once would cost all the time. */
const PAUSE_MS = 1000;
const RETRY_AFTER_SECONDS = 2;
const EXEMPT = /^\/(?:health|metrics)(?:[/?]|$)/;

const counted = Symbol('counted');
type Counted = IncomingMessage & { [counted]?: boolean };

/** How many requests are under way, and how many are answered in a second: together, how long one more would take. */
export class LoadGauge {
  underWay = 0;
  private readonly slots = new Array<number>(SLOTS).fill(0);
  private slot = 0;
  /** Since when there have been more than `NEVER_REFUSED`; undefined: there are not. */
  private pressedSince: number | undefined;

  /** Whether one more may come in. @param queued those that wait for their turn in a queue of their own */
  admits(now: number, queued: number): boolean {
    const load = this.underWay - queued;
    if (load < NEVER_REFUSED / 4) this.pressedSince = undefined;
    if (load < NEVER_REFUSED) return true;
    this.pressedSince ??= now;
    if (now - this.pressedSince < SETTLING_MS) return load < FIRST_BURST;
    return load < this.perSecond(now) * TARGET_SECONDS;
  }

  answered(now: number): void {
    this.underWay--;
    this.turnTo(now);
    this.slots[this.slot % SLOTS]! += 1;
  }

  private perSecond(now: number): number {
    this.turnTo(now);
    const seconds = Math.min(SLOTS * SLOT_MS, Math.max(SLOT_MS, now - (this.pressedSince ?? now))) / 1000;
    return this.slots.reduce((sum, count) => sum + count, 0) / Math.max(seconds, 0.5);
  }

  private turnTo(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    for (let passed = Math.min(slot - this.slot, SLOTS); passed > 0; passed--)
      this.slots[(slot - passed + 1) % SLOTS] = 0;
    this.slot = slot;
  }
}

/**
 * Refuses requests with 503 before anything is done for them, where those that are under way would keep them waiting for
 * longer than `TARGET_SECONDS`. Health and metrics are exempt.
 *
 * @param pauses whether a refused connection is not read for a moment; not behind a proxy, which sends others' requests over it
 */
export function shedLoad(server: Server, fastify: FastifyInstance, budgets: Budgets, pauses: boolean): void {
  const gauge = new LoadGauge();
  budgets.watchLoad(() => gauge.underWay);
  const handlers = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  const answered = (request: Counted) => {
    if (!request[counted]) return;
    request[counted] = false;
    gauge.answered(performance.now());
  };
  let stopping = false;
  fastify.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  server.on('request', (request: Counted, response) => {
    if (stopping) return refuse(request, response.setHeader('Connection', 'close'), stopped(), false);
    if (!EXEMPT.test(request.url ?? '')) {
      const now = performance.now();
      if (budgets.saturated.has(request.headers.authorization, now))
        return refuse(request, response, budgets.refusal('requests', 'share'), pauses);
      if (!gauge.admits(now, budgets.totalWaiting())) return refuse(request, response, overloaded(budgets), pauses);
      request[counted] = true;
      gauge.underWay++;
      response.once('close', () => answered(request));
    }
    for (const handler of handlers) handler.call(server, request, response);
  });
  fastify.addHook('onSend', ({ raw }, _reply, payload, done) => {
    answered(raw);
    done(null, payload);
  });
}

const stopped = (): Problem =>
  CoreProblem.busy('The service is stopping; try again shortly', { headers: { 'Retry-After': '1' } });

function overloaded(budgets: Budgets): Problem {
  budgets.countShed();
  return CoreProblem.busy(`The service is overloaded; try again in ${RETRY_AFTER_SECONDS} s`, {
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem, pauses: boolean): void {
  const id = randomUUID();
  const { origin } = request.headers;
  const body = JSON.stringify(problemBody(problem, { id, url: request.url ?? '/' }));
  response.writeHead(problem.getStatus(), {
    'Content-Type': 'application/problem+json; charset=utf-8',
    // Without it Node sends the body in chunks.
    'Content-Length': Buffer.byteLength(body),
    ...problem.extras.headers,
    'X-Request-Id': id,
    'X-Process-Time': '0.000000',
    'Cache-Control': 'no-store',
    // The browser shows a page of any origin only that the service is busy.
    ...(origin && corsHeaders(origin)),
  });
  response.end(body);
  const { socket } = request;
  if (pauses)
    response.once('finish', () =>
      setImmediate(() => {
        socket.pause();
        setTimeout(() => socket.resume(), PAUSE_MS).unref();
      }),
    );
}
