import cors from '@fastify/cors';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyRequest } from 'fastify';
import { type Config } from '../config/config.js';
import { isOfApi } from './api-address.js';
import { ProblemFilter } from './problem.filter.js';
import { CoreProblem, type Problem } from './problem.js';
import { RequestLimits } from './request-limits.js';

const EXPOSED = [
  ...[
    'X-New-Access-Token',
    'X-Request-Id',
    'X-Server-Request-Id',
    'X-Process-Time',
    'Link',
    'X-Total-Count',
    'ETag',
    'Retry-After',
  ],
  ...[
    'RateLimit-Limit',
    'RateLimit-Remaining',
    'RateLimit-Reset',
    'RateLimit-Policy',
    'Server-Timing',
    'Content-Disposition',
  ],
];
const A_DAY = 86_400;

/** Lets the configured origins in, and the product's own; any other `Origin` is 403, before anything else is done. */
export async function allowOrigins(app: NestFastifyApplication, config: Config): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const limits = app.get(RequestLimits, { strict: false });
  const hosts = hostsOf(config.publicOrigins);
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    const forged = hosts !== undefined && isOfApi(request.url) && !hosts.has(String(request.host).toLowerCase());
    const foreign = origin !== undefined && !isAllowed(request as never, origin, config);
    if (!forged && !foreign && !(request.is404 && isOfApi(request.url))) return done();
    // Not thrown: preflights and the documents are no routes of Nest, so its filter would not answer for them.
    const refuse = (problem: unknown) => new ProblemFilter().answer(problem, request as never, reply as never);
    // Neither comes to a guard, which would count it.
    limits
      .countVisitor(request as never, reply as never)
      .then(() => (forged ? refuse(misdirected()) : foreign ? refuse(notAllowed(origin)) : done()), refuse);
  });
  await app.register(
    cors as never,
    {
      origin: true,
      credentials: true,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: EXPOSED,
      maxAge: A_DAY,
      strictPreflight: false,
    } as never,
  );
}

const notAllowed = (origin: string): Problem =>
  CoreProblem.origin_not_allowed(
    `The origin ${origin.slice(0, 200)} is not allowed here; add it to ALLOWED_ORIGINS if it should be`,
  );

const misdirected = (): Problem =>
  CoreProblem.host_not_allowed('This server is not known by that host name; add it to PUBLIC_ORIGINS if it should be');

function isAllowed(request: FastifyRequest, origin: string, config: Config): boolean {
  return config.allowedOrigins.includes(origin) || isOwn(request, origin, config);
}

/** The `Host` headers that address a server of these origins; undefined where none are configured. */
function hostsOf(origins: readonly string[]): ReadonlySet<string> | undefined {
  if (origins.length === 0) return undefined;
  return new Set(
    origins.flatMap((origin) => {
      const { host, hostname, port, protocol } = new URL(origin);
      return port ? [host] : [host, `${hostname}:${protocol === 'https:' ? 443 : 80}`];
    }),
  );
}

/**
 * Whether an origin is the product's own, as that of Swagger UI. Where it is not configured, the host that the client
 * names decides: a proxy that ends TLS may change the scheme.
 */
function isOwn(request: FastifyRequest, origin: string, { publicOrigins }: Config): boolean {
  if (publicOrigins.length > 0) return publicOrigins.includes(origin);
  return URL.canParse(origin) && new URL(origin).host === request.host;
}
