import { type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';
import { type Budgets } from '../infrastructure/budgets/budgets.service.js';
import { corsHeaders } from './cors.js';
import { type UpgradeAdmission } from '../notifications/websocket/websocket-upgrade.js';
import { canonicalizeUrl, NO_TIME, rejectSocket, requestId } from './fastify-adapter.js';
import { onResponseClosed } from '../core/http/response-closed.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { problemBody } from '../core/http/problem.filter.js';
import { clientNetworks } from './remote-address.js';
import { RunningRequests, type PendingRequest } from './running-requests.js';

/** Concurrent requests that are never shed: bursts of a few pages are no overload. */
const ALWAYS_ADMITTED = 100;
/** Concurrent requests admitted until the throughput is measured. */
const FIRST_BURST = 400;
const SETTLING_MS = 500;
/** Target latency of admitted requests. */
const TARGET_SECONDS = 0.75;
/** Sliding window of one second over which responses are counted. */
const SLOT_MS = 100;
const SLOTS = 10;
/** Pause in reading a connection whose request was shed: clients that retry at once would take all the time. */
const PAUSE_MS = 1000;
const RETRY_AFTER_SECONDS = 2;
const EXEMPT = /^\/(?:health|metrics)(?:[/?]|$)/;

const counted = Symbol('counted');
type Counted = IncomingMessage & { [counted]?: boolean };

/** Measures the requests in flight and the throughput: together they predict the latency of one more request. */
export class LoadGauge {
  inFlight = 0;
  private readonly slots = new Array<number>(SLOTS).fill(0);
  private slot = 0;
  /** Time since which more than `ALWAYS_ADMITTED` are in flight; undefined: they are not. */
  private pressedSince: number | undefined;

  /** True where one more request may be admitted. @param queued requests that wait in a queue of their own */
  admits(now: number, queued: number): boolean {
    const load = this.inFlight - queued;
    if (load < ALWAYS_ADMITTED / 4) this.pressedSince = undefined;
    if (load < ALWAYS_ADMITTED) return true;
    this.pressedSince ??= now;
    if (now - this.pressedSince < SETTLING_MS) return load < FIRST_BURST;
    return load < this.perSecond(now) * TARGET_SECONDS;
  }

  answered(now: number): void {
    this.inFlight--;
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
 * Sheds requests with 503 before anything runs for them, where those in flight would delay them beyond
 * `TARGET_SECONDS`. Health and metrics are exempt.
 *
 * @param trustedProxies where there are none, the connection of a shed request is paused; those of a proxy carry requests
 * of many clients
 * @returns sheds upgrades alike
 */
export function shedLoad(
  server: Server,
  fastify: FastifyInstance,
  budgets: Budgets,
  trustedProxies: readonly string[],
): UpgradeAdmission {
  const pauses = trustedProxies.length === 0;
  const admission = new Admission(budgets, clientNetworks(trustedProxies));
  const handlers = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  const run: RequestListener = (request, response) => {
    for (const handler of handlers) handler.call(server, request, response);
  };
  let stopping = false;
  fastify.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  server.on('request', (request: IncomingMessage, response) => {
    if (stopping) return reject(request, response.setHeader('Connection', 'close'), stopped(), false);
    if (EXEMPT.test(request.url ?? '')) return run(request, response);
    admission.admit({
      request,
      run: () => run(request, response),
      refuse: (problem) => reject(request, response, problem, pauses),
      onClosed: (done) => onResponseClosed(request, response, done),
    });
  });
  fastify.addHook('onSend', ({ raw }, _reply, payload, done) => {
    admission.answered(raw);
    done(null, payload);
  });
  return {
    admit: (request, socket, upgrade) => {
      const refuse = (problem: Problem) => rejectSocket(socket, problem, problem.extras.headers, request);
      // Also after its wait: a server that stops answers no upgrade, and would wait for its connection.
      const run = () => (stopping ? refuse(stopped()) : upgrade());
      if (stopping) refuse(stopped());
      else admission.admit(pendingUpgrade(request, socket, { run, refuse }));
    },
    completed: (request) => admission.answered(request),
  };
}

/** Counts requests in flight, and starts or refuses each by their number. */
class Admission {
  private readonly gauge = new LoadGauge();
  private readonly running: RunningRequests;

  constructor(
    private readonly budgets: Budgets,
    networkOf: (request: IncomingMessage) => string,
  ) {
    this.running = new RunningRequests(budgets, networkOf);
    budgets.watchLoad(() => this.gauge.inFlight);
  }

  admit(pending: PendingRequest): void {
    const { budgets, gauge } = this;
    const { request }: { request: Counted } = pending;
    const now = performance.now();
    if (budgets.saturated.has(request.headers.authorization, now))
      return pending.refuse(budgets.refusal('requests', 'share'));
    if (!gauge.admits(now, budgets.waitingInside())) return pending.refuse(overloaded(budgets));
    request[counted] = true;
    gauge.inFlight++;
    pending.onClosed(() => this.answered(request));
    const refuse = (problem: Problem) => {
      this.answered(request);
      pending.refuse(problem);
    };
    this.running.start({ ...pending, refuse });
  }

  answered(request: Counted): void {
    if (!request[counted]) return;
    request[counted] = false;
    request.place?.release();
    this.gauge.answered(performance.now());
  }
}

/** Node has taken its listeners off the connection: without one, a reset during the wait would end the process. */
function pendingUpgrade(
  request: IncomingMessage,
  socket: Socket,
  { run, refuse }: Pick<PendingRequest, 'run' | 'refuse'>,
): PendingRequest {
  const lost = () => socket.destroy();
  socket.on('error', lost);
  return {
    request,
    run: () => {
      run();
      socket.off('error', lost);
    },
    refuse,
    onClosed: (done) => {
      socket.once('close', done);
      return () => socket.off('close', done);
    },
  };
}

const stopped = (): Problem =>
  CoreProblem.busy('The service is stopping; try again shortly', { headers: { 'Retry-After': '1' } });

function overloaded(budgets: Budgets): Problem {
  budgets.countShed();
  return CoreProblem.busy(`The service is overloaded; try again in ${RETRY_AFTER_SECONDS} s`, {
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  });
}

function reject(request: IncomingMessage, response: ServerResponse, problem: Problem, pauses: boolean): void {
  const id = requestId(request);
  const { origin } = request.headers;
  const body = JSON.stringify(problemBody(problem, { id, url: canonicalizeUrl(request.url ?? '/') }));
  response.writeHead(problem.getStatus(), {
    'Content-Type': 'application/problem+json; charset=utf-8',
    // Avoids chunked encoding.
    'Content-Length': Buffer.byteLength(body),
    ...problem.extras.headers,
    'X-Request-Id': id,
    ...NO_TIME,
    'Cache-Control': 'no-store',
    // Any origin may read this: it reveals only that the service is busy.
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
