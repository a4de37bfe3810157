import { type IncomingMessage, type Server } from 'node:http';
import { type FastifyInstance } from 'fastify';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { ProblemFilter } from '../core/http/problem.filter.js';
import { rejectSocket } from './fastify-adapter.js';

/**
 * Sends problems, with the headers of every response, where Node by itself would close or answer without a body: for
 * an `Expect` other than `100-continue` (RFC 9110 §10.1.1), an HTTP/1.1 request without `Host` (RFC 9112 §3.2), and
 * `CONNECT`.
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

function hostProblem({ httpVersion, headers }: IncomingMessage): Problem | undefined {
  const missing = httpVersion === '1.1' && headers.host === undefined;
  return missing ? CoreProblem.bad_request('A request of HTTP/1.1 names its host') : undefined;
}
