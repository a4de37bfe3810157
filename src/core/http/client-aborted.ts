import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyReply } from 'fastify';

/**
 * Injects a signal that aborts when the connection closes, so that waiting on behalf of a client ends with it. For handlers
 * that wait for long: others are worked on meanwhile.
 */
export const ClientAborted = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const { raw, request } = context.switchToHttp().getResponse<FastifyReply>();
  request.raw.place?.release();
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  raw.once('close', () => controller.abort());
  return controller.signal;
});
