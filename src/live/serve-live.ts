import websocket from '@fastify/websocket';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LiveSockets } from './live-sockets.js';

const PATH = '/ws/notifications';
/** A larger frame closes the socket with 1009. */
const MAX_FRAME = 64 * 1024;
/** A client that does not answer the goodbye is cut off then. */
const GOODBYE_MS = 2000;

/**
 * Serves the WebSocket, behind the same hooks as every request: request id, allowed origins, address behind a proxy.
 * Compression would cost each idle connection more memory than all the rest.
 */
export async function serveLive(app: NestFastifyApplication): Promise<void> {
  const options = { maxPayload: MAX_FRAME, perMessageDeflate: false, closeTimeout: GOODBYE_MS };
  // What a client breaks ends with its close code; it is no error of ours.
  await app.register(websocket as never, { options, errorHandler: () => undefined } as never);
  const sockets = app.get(LiveSockets, { strict: false });
  app
    .getHttpAdapter()
    .getInstance()
    .get(PATH, { websocket: true }, (socket, request) => sockets.accept(socket, request));
}
