import { type Server } from 'node:http';
import websocket from '@fastify/websocket';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { problems } from '../../core/http/problem.js';
import { ProblemFilter } from '../../core/http/problem.filter.js';
import { NotificationGateway } from './notification.gateway.js';
import { restrictUpgrades } from './websocket-upgrade.js';

const WebSocketProblem = problems({ websocket_only: [426, 'This address speaks WebSocket only'] });
const websocketOnly = () => WebSocketProblem.websocket_only(undefined, { headers: { Upgrade: 'websocket' } });

const PATH = '/ws/notifications';
/** A larger frame closes the socket with 1009. */
const MAX_FRAME = 64 * 1024;
/** A client that does not answer the goodbye is cut off then. */
const GOODBYE_MS = 2000;

/**
 * Serves the WebSocket, behind the same hooks as every request: request id, allowed origins, address behind a proxy.
 * Compression would cost each idle connection more memory than all the rest.
 */
export async function registerWebSocket(app: NestFastifyApplication): Promise<void> {
  const options = { maxPayload: MAX_FRAME, perMessageDeflate: false, closeTimeout: GOODBYE_MS };
  // What a client breaks ends with its close code; it is no error of ours.
  await app.register(websocket, { options, errorHandler: () => undefined });
  const sockets = app.get(NotificationGateway, { strict: false });
  restrictUpgrades(app.getHttpServer() as Server, PATH);
  const server = app.getHttpAdapter().getInstance();
  server.route({
    method: 'GET',
    url: PATH,
    // Not thrown: it is no route of Nest, whose filter would answer.
    handler: (request, reply) => new ProblemFilter().answer(websocketOnly(), request, reply),
    wsHandler: (socket, request) => sockets.accept(socket, request),
  });
}
