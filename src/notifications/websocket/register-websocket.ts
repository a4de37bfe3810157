import { type Server } from 'node:http';
import websocket from '@fastify/websocket';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type WebSocket } from 'ws';
import { problems } from '../../core/http/problem.js';
import { ProblemFilter } from '../../core/http/problem.filter.js';
import { NotificationGateway } from './notification.gateway.js';
import { restrictUpgrades, type UpgradeAdmission } from './websocket-upgrade.js';

const WebSocketProblem = problems({ websocket_only: [426, 'This address speaks WebSocket only'] });
const websocketOnly = () => WebSocketProblem.websocket_only(undefined, { headers: { Upgrade: 'websocket' } });

declare module 'fastify' {
  interface FastifyRequest {
    /** Connects the socket of this upgrade after the handshake. */
    connectSocket?: (socket: WebSocket) => void;
  }
}

const PATH = '/ws/notifications';
/** A larger frame closes the socket with 1009. */
const MAX_FRAME = 64 * 1024;
/** Time after which a client that does not answer the close frame is disconnected. */
const GOODBYE_MS = 2000;

/**
 * Registers the WebSocket with the same hooks as every request: request id, allowed origins, address behind a proxy.
 * Without compression, which would take most of the memory of an idle connection.
 */
export async function registerWebSocket(app: NestFastifyApplication, admission: UpgradeAdmission): Promise<void> {
  const options = { maxPayload: MAX_FRAME, perMessageDeflate: false, closeTimeout: GOODBYE_MS };
  // Errors of a client end in its close code and are not logged as ours.
  await app.register(websocket, { options, errorHandler: () => undefined });
  const sockets = app.get(NotificationGateway, { strict: false });
  restrictUpgrades(app.getHttpServer() as Server, PATH, admission);
  const server = app.getHttpAdapter().getInstance();
  server.websocketServer.on('connection', (_socket, request) => admission.completed(request));
  // Sent, not thrown: the filter of Nest does not apply to this route.
  const sendProblem = (problem: unknown, request: FastifyRequest, reply: FastifyReply) =>
    new ProblemFilter().answer(problem, request, reply);
  server.route({
    method: 'GET',
    url: PATH,
    preHandler: (request, reply, done) => {
      if (!request.ws) return done();
      sockets.admit(request, reply).then(
        (connect) => {
          request.connectSocket = connect;
          done();
        },
        (problem: unknown) => sendProblem(problem, request, reply),
      );
    },
    handler: (request, reply) => sendProblem(websocketOnly(), request, reply),
    wsHandler: (socket, request) => request.connectSocket?.(socket),
  });
}
