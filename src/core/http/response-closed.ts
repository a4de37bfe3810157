import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';

/** Listeners for the end of a connection. */
const closing = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `done` once, when a response is out or its client has gone. The `close` of a response alone never comes where the
 * request was pipelined and the client goes before its turn.
 *
 * @returns takes it back
 */
export function onResponseClosed({ socket }: IncomingMessage, response: ServerResponse, done: () => void): () => void {
  // Responses whose turn it is have the socket.
  const others = response.socket ? undefined : closingOf(socket);
  let isForgotten = false;
  const end = () => {
    if (isForgotten) return;
    forget();
    done();
  };
  const forget = () => {
    isForgotten = true;
    response.off('close', end);
    others?.delete(end);
  };
  response.once('close', end);
  others?.add(end);
  // Its `close` has come already.
  if (others && socket.closed) queueMicrotask(end);
  return forget;
}

function closingOf(socket: Socket): Set<() => void> {
  const known = closing.get(socket);
  if (known) return known;
  const added = new Set<() => void>();
  closing.set(socket, added);
  socket.once('close', () => added.forEach((end) => end()));
  return added;
}
