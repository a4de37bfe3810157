import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

/** Status that nginx logs for a client that disconnected before a response. */
const CLIENT_CLOSED_REQUEST = 499;

type FinishedHandler = (request: FastifyRequest, reply: FastifyReply, status: number) => void;

/**
 * Calls `onFinished` exactly once per request, also for aborted ones, for which Fastify's `onResponse` does not fire
 * although their work was done: when the response is out, or when the status is known that an aborted request would
 * have got. A WebSocket is none of them, unless it is refused before the handshake.
 *
 * @param server without other hooks yet, so that none can respond before these
 * @returns reports the aborted requests that have no response yet, for the end of the server
 */
export function onResponseFinished(server: FastifyInstance, onFinished: FinishedHandler): () => void {
  /** Unreported requests; true once the status is known. */
  const open = new Map<FastifyReply, boolean>();
  const end = (reply: FastifyReply, status = reply.statusCode): void => {
    if (open.delete(reply)) onFinished(reply.request, reply, status);
  };
  server.addHook('onRequest', (request, reply, done) => {
    open.set(reply, false);
    reply.raw.once('close', () => {
      if (open.get(reply)) end(reply);
      // A WebSocket has no response that another hook would see.
      else if (request.ws) open.delete(reply);
    });
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    const { socket } = reply.raw;
    // The client is gone; or the request was pipelined, and would not see the end of the connection while it waits
    // for its turn.
    if (!socket || socket.destroyed) end(reply);
    else if (open.has(reply)) open.set(reply, true);
    done(null, payload);
  });
  server.addHook('onResponse', (_request, reply, done) => {
    end(reply);
    done();
  });
  return () => [...open.keys()].forEach((reply) => end(reply, CLIENT_CLOSED_REQUEST));
}
