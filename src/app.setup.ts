import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import cookie from '@fastify/cookie';

import { type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import helmet from 'helmet';
import { type Config } from './config/config.js';
import { parseJsonBody } from './core/json-body.js';
import { allowOrigins } from './core/origins.js';
import { problemBody, toProblem } from './core/problem.filter.js';
import { timingHeaders } from './core/timing.interceptor.js';
import { serveLive } from './live/serve-live.js';
import { Metrics } from './metrics/metrics.js';
import { serveDocuments } from './openapi/serve-documents.js';
import { AuditInterceptor } from './request-log/audit.interceptor.js';

const ONE_MIB = 1024 * 1024;
const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** Outside of `/api`, where operators and browsers look for them. */
const AT_ROOT = ['/', 'health', 'health/live', 'health/ready', 'metrics'];

/** The server, configured but not listening: what `main.ts` starts and every HTTP test talks to. */
export async function createApp(
  module: DynamicModule,
  config: Config,
  logger?: LoggerService,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter(config), {
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
    return503OnClosing: true,
    ...(logger && { logger }),
  });
  app.setGlobalPrefix('api', { exclude: AT_ROOT });
  await prepareServer(app, config);
  await serveDocuments(app, config);
  return app;
}

function adapter(config: Config): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: ONE_MIB,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    genReqId: requestId,
    requestIdHeader: false,
    requestTimeout: 60_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    // An address that the router cannot read never reaches Nest, and so not its filter either.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      const body = problemBody(problem, request);
      void reply.status(problem.getStatus()).type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
    },
  });
}

function requestId(request: IncomingMessage | FastifyRequest['raw']): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** What is not there has no type, whatever the header says: browsers send one for a POST of nothing. */
function isEmpty({ headers }: FastifyRequest): boolean {
  return Number(headers['content-length'] ?? 0) === 0 && headers['transfer-encoding'] === undefined;
}

async function prepareServer(app: NestFastifyApplication, config: Config): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  app.get(Metrics).watch(server as never);
  app.get(AuditInterceptor).watch(server as never);
  const security = securityHeaders(config);
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ 'X-Request-Id': request.id, ...security });
    if (isEmpty(request)) delete request.raw.headers['content-type'];
    done();
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    void reply.headers(timingHeaders(request, reply));
    done(null, payload);
  });
  await allowOrigins(app, config);
  await app.register(cookie as never);
  await serveLive(app);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    ['application/json', 'application/problem+json'],
    { parseAs: 'buffer' },
    (_request, body, done) => {
      try {
        done(null, parseJsonBody(body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** What helmet sets is the same for every answer, so it is asked once. */
function securityHeaders(config: Config): Record<string, string> {
  const headers: Record<string, string> = {};
  const reply = { setHeader: (name: string, value: string) => (headers[name] = value), removeHeader: () => undefined };
  helmet(helmetOptions(config))({} as never, reply as never, (error?: unknown) => {
    if (error) throw error as Error;
  });
  return headers;
}

/** Swagger UI and Redoc run from our own files; they style themselves inline and draw from `data:` and blobs. */
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
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: config.production,
    // The API is read from other origins, those that CORS allows.
    crossOriginResourcePolicy: { policy: 'cross-origin' as const },
  };
}
