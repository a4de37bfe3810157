import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { onResponseClosed } from './response-closed.js';

/**
 * Injects a signal that aborts when the connection closes, so that waiting on behalf of a client ends with it. For handlers
 * that wait for long: others are worked on meanwhile.
 */
export const ClientAborted = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const { raw, request } = context.switchToHttp().getResponse<FastifyReply>();
  request.raw.place?.release();
  return clientAborted(request.raw, raw);
});

/** Returns a signal that aborts when a response is out or its client has gone. */
export function clientAborted(request: IncomingMessage, response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed || request.socket.destroyed) controller.abort();
  onResponseClosed(request, response, () => controller.abort());
  return controller.signal;
}
