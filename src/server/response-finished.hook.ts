import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

/** What nginx writes where a client hung up and there was no answer to tell of. */
const HUNG_UP = 499;

type Tell = (request: FastifyRequest, reply: FastifyReply, status: number) => void;

/**
 * Tells of each request once: when its answer is out or, where the client hung up before that, when it is known what
 * the answer would have been. `onResponse` alone leaves those out, although their work was done.
 *
 * @param server that has no other hooks yet, so that nothing can answer before these
 * @returns tells of those whose client is gone and that have no answer yet, for the end of the server
 */
export function onResponseFinished(server: FastifyInstance, tell: Tell): () => void {
  /** By what was not told of yet: whether its status is known. */
  const open = new Map<FastifyReply, boolean>();
  const end = (reply: FastifyReply, status = reply.statusCode): void => {
    if (open.delete(reply)) tell(reply.request, reply, status);
  };
  server.addHook('onRequest', (_request, reply, done) => {
    open.set(reply, false);
    reply.raw.once('close', () => {
      if (open.get(reply)) end(reply);
    });
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    const { socket } = reply.raw;
    // Nobody is there to take it or, where requests are sent in a row, it waits for its turn and would not hear of the end.
    if (!socket || socket.destroyed) end(reply);
    else if (open.has(reply)) open.set(reply, true);
    done(null, payload);
  });
  server.addHook('onResponse', (_request, reply, done) => {
    end(reply);
    done();
  });
  return () => [...open.keys()].forEach((reply) => end(reply, HUNG_UP));
}
