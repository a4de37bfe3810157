import { type IncomingMessage, type Server } from 'node:http';
import { type FastifyInstance } from 'fastify';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { ProblemFilter } from '../core/http/problem.filter.js';
import { rejectSocket } from './fastify-adapter.js';

/**
 * Sends problems, with the headers of every response, where Node by itself would close, answer without a body or let
 * pass: for an `Expect` other than `100-continue` (RFC 9110 §10.1.1), an HTTP/1.1 request without one valid `Host`
 * (RFC 9112 §3.2), and `CONNECT`.
 */
export function rejectUnmetExpectations(server: FastifyInstance, http: Server): void {
  const unmet = new WeakSet<IncomingMessage>();
  const filter = new ProblemFilter();
  http.on('checkExpectation', (request, response) => {
    unmet.add(request);
    http.emit('request', request, response);
  });
  // Without a listener, Node closes the connection silently.
  http.on('connect', (_request, socket) => rejectSocket(socket, CoreProblem.method_not_allowed()));
  server.addHook('onRequest', (request, reply, done) => {
    const problem = unmet.has(request.raw) ? CoreProblem.expectation_failed() : hostProblem(request.raw);
    if (!problem) return done();
    // A body may follow, which is not read.
    filter.answer(problem, request, reply.header('Connection', 'close'));
  });
}

/** A name, an IPv4 address, an IPv6 address in brackets, or nothing; with or without a port (RFC 3986 §3.2.2). */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i;

function hostProblem({ httpVersion, headers: { host }, rawHeaders }: IncomingMessage): Problem | undefined {
  if (host === undefined)
    return httpVersion === '1.1' ? CoreProblem.bad_request('A request of HTTP/1.1 names its host') : undefined;
  if (!HOST.test(host)) return CoreProblem.bad_request('The Host header is no name or address with or without a port');
  // Proxies and servers may take different ones of several for the one that is meant.
  return hosts(rawHeaders) > 1 ? CoreProblem.bad_request('There is more than one Host header') : undefined;
}

function hosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}
