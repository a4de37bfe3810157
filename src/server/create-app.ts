import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders, type Server } from 'node:http';
import { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import { type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from 'helmet';
import { cookieKey } from '../auth/cookies.js';
import { Budgets } from '../infrastructure/budgets/budgets.service.js';
import { type Config } from '../core/config/config.js';
import { isApiPath } from '../core/http/api-path.js';
import { onResponseFinished } from './response-finished.hook.js';
import { registerCors } from './cors.js';
import { serverRequestId } from '../core/http/request-id.js';
import { registerTimingHeaders } from '../core/http/timing.interceptor.js';
import { registerWebSocket } from '../notifications/websocket/register-websocket.js';
import { Metrics } from '../infrastructure/monitoring/metrics.js';
import { Tracing } from '../infrastructure/tracing/tracing.js';
import { cacheDocuments } from './openapi/document-cache.js';
import { serveDocuments } from './openapi/serve-documents.js';
import { AuditInterceptor } from '../audit/request-log/audit.interceptor.js';
import { TokenRenewalHook } from '../auth/access-tokens/token-renewal.hook.js';
import { pinRemoteAddress } from './remote-address.js';
import { createFastifyAdapter } from './fastify-adapter.js';
import { shedLoad } from './load-shedding.js';
import { registerBodyParsers } from './body-parser.js';
import { UnreadAnswers } from './unread-answers.js';
import { rejectUnmetExpectations } from './expect-header.js';

/** Routes outside of `/api`, where operators and browsers expect them. */
const AT_ROOT = ['/', 'health', 'health/live', 'health/ready', 'metrics'];

/** Creates the server, configured but not listening, for `main.ts` and for every HTTP test. */
export async function createApp(
  module: DynamicModule,
  config: Config,
  logger?: LoggerService,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, createFastifyAdapter(config), {
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
    return503OnClosing: true,
    ...(logger && { logger }),
  });
  app.setGlobalPrefix('api', { exclude: AT_ROOT });
  await prepareServer(app, config);
  if (config.docsEnabled) await serveDocuments(app, config);
  return app;
}

async function prepareServer(app: NestFastifyApplication, config: Config): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  pinRemoteAddress(app.getHttpServer() as Server);
  observeResponses(app);
  const budgets = app.get(Budgets);
  const upgrades = shedLoad(app.getHttpServer() as Server, server, budgets, config.trustedProxies);
  const security = securityHeaders(config);
  // Responses hold tokens and personal data: no cache on the way may store them.
  const apiHeaders = { ...security, 'Cache-Control': 'no-store' };
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id).headers(isApiPath(request.url) ? apiHeaders : security);
    const own = serverRequestId(request);
    if (own !== undefined) void reply.header('X-Server-Request-Id', own);
    done();
  });
  app.get(TokenRenewalHook, { strict: false }).register(server);
  registerTimingHeaders(server);
  await registerCors(app, config);
  await app.register(cookie, { secret: cookieKey(config) });
  rejectUnmetExpectations(server, app.getHttpServer() as Server);
  await registerWebSocket(app, upgrades);
  // Registered before responses are cut into slices.
  cacheDocuments(server);
  new UnreadAnswers(budgets, config.slowReaderSeconds * 1000).watch(server);
  registerBodyParsers(server);
}

/** Measures, logs and traces every request; registered before any other hook may respond. */
function observeResponses(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const metrics = app.get(Metrics);
  const audit = app.get(AuditInterceptor);
  const tracing = app.get(Tracing);
  const finish = onResponseFinished(server, (request, reply, status) => {
    metrics.observeResponse(request, reply, status);
    audit.recordResponse(request, reply, status);
    tracing.endRequest(request, status);
  });
  tracing.watchRequests(server);
  server.addHook('onClose', () => {
    finish();
    return audit.drainBeforeShutdown();
  });
}

/** Computes helmet's headers once, since they are the same for every response. */
function securityHeaders(config: Config): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(helmetOptions(config))(request, response, (error?: unknown) => {
    if (error) throw error as Error;
  });
  return { ...response.getHeaders() };
}

/**
 * Returns helmet's options. Swagger UI and Redoc are served from our own files; they use inline styles, `data:`
 * images and blobs.
 */
function helmetOptions(config: Config) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: config.production,
    // Origins that CORS allows read the API.
    crossOriginResourcePolicy: { policy: 'cross-origin' as const },
  };
}
