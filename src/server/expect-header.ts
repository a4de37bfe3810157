import { type IncomingMessage, type Server } from 'node:http';
import { type FastifyInstance } from 'fastify';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { ProblemFilter } from '../core/http/problem.filter.js';
import { refuseSocket } from './fastify-adapter.js';

/**
 * Answers as a problem, with the headers of every answer, what Node would refuse by itself without a body: an `Expect` other than
 * `100-continue` (RFC 9110 §10.1.1), a request of HTTP/1.1 without `Host` (RFC 9112 §3.2), and `CONNECT`.
 */
export function refuseUnmetExpectations(server: FastifyInstance, http: Server): void {
  const unmet = new WeakSet<IncomingMessage>();
  const filter = new ProblemFilter();
  http.on('checkExpectation', (request, response) => {
    unmet.add(request);
    http.emit('request', request, response);
  });
  // Node hands the connection over, as if to a proxy, or closes it without a word.
  http.on('connect', (_request, socket) => refuseSocket(socket, CoreProblem.method_not_allowed()));
  server.addHook('onRequest', (request, reply, done) => {
    const problem = unmet.has(request.raw) ? CoreProblem.expectation_failed() : hostProblem(request.raw);
    if (!problem) return done();
    // What follows is a body that nobody reads.
    filter.answer(problem, request, reply.header('Connection', 'close'));
  });
}

function hostProblem({ httpVersion, headers }: IncomingMessage): Problem | undefined {
  const missing = httpVersion === '1.1' && headers.host === undefined;
  return missing ? CoreProblem.bad_request('A request of HTTP/1.1 names its host') : undefined;
}
