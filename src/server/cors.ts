import cors from '@fastify/cors';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config } from '../core/config/config.js';
import { isApiPath } from '../core/http/api-path.js';
import { addresses, normalOrigin } from '../core/http/origin-forms.js';
import { ProblemFilter } from '../core/http/problem.filter.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { RateLimiter } from '../core/authorization/rate-limiter.js';

const EXPOSED_HEADERS = [
  'X-New-Access-Token',
  'X-Request-Id',
  'X-Server-Request-Id',
  'X-Process-Time',
  'Link',
  'X-Total-Count',
  'ETag',
  'Retry-After',
  'Idempotency-Replayed',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'RateLimit-Policy',
  'Server-Timing',
  'Content-Disposition',
];
const PREFLIGHT_SECONDS = 86_400;

/** Bounds of the cache of pairs of host and origin. */
const MAX_CACHED = 1000;
const MAX_CACHED_LENGTH = 300;

/** Allows the configured origins and the product's own; any other `Origin` gets 403 before anything else runs. */
export async function registerCors(app: NestFastifyApplication, config: Config): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const limits = app.get(RateLimiter, { strict: false });
  const addressed = memoize((host) => config.publicOrigins.some((origin) => addresses(host, origin)));
  const allowed = allowedOrigins(config);
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    const forged = config.publicOrigins.length > 0 && isApiPath(request.url) && !addressed(request.host, '');
    const foreign = origin !== undefined && !allowed(request.host, origin);
    // Set before anything that may reject, so that a page of an allowed origin can read the problem.
    if (origin !== undefined && !foreign) void reply.headers(corsHeaders(origin));
    if (!forged && !foreign && !(request.is404 && isApiPath(request.url))) return done();
    // Sent, not thrown: preflights and the documents are no routes of Nest, whose filter would not run.
    const sendProblem = (problem: unknown) => new ProblemFilter().answer(problem, request, reply);
    // Counted here, since neither reaches the guard that counts.
    limits
      .consumeAnonymous(request, reply)
      .then(
        () => (forged ? sendProblem(misdirected()) : foreign ? sendProblem(notAllowed(origin)) : done()),
        sendProblem,
      );
  });
  await app.register(cors, {
    origin: true,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  });
}

/** Returns the headers with which a page of an origin can read a response (Fetch §3.2.3). */
export const corsHeaders = (origin: string): Record<string, string> => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': EXPOSED_HEADERS.join(', '),
  Vary: 'Origin',
});

/**
 * Returns a check for whether a request to a host may come from a page of an origin: a configured one, or the
 * product's own, such as Swagger UI. Without `PUBLIC_ORIGINS`, the host that the client names decides.
 */
export function allowedOrigins({
  allowedOrigins,
  publicOrigins,
}: Pick<Config, 'allowedOrigins' | 'publicOrigins'>): (host: string, origin: string) => boolean {
  const known = new Set([...allowedOrigins, ...publicOrigins]);
  return memoize((host, origin) => {
    const form = normalOrigin(origin);
    return form !== undefined && (known.has(form) || (publicOrigins.length === 0 && addresses(host, form)));
  });
}

/** Caches a check: parsing the URLs for each request would cost more than the rest of this hook. */
function memoize(check: (host: string, origin: string) => boolean): (host: string, origin: string) => boolean {
  const results = new Map<string, boolean>();
  return (host, origin) => {
    const key = `${host}\n${origin}`;
    const cached = results.get(key);
    if (cached !== undefined) return cached;
    const result = check(host, origin);
    if (results.size >= MAX_CACHED) results.clear();
    if (key.length <= MAX_CACHED_LENGTH) results.set(key, result);
    return result;
  };
}

const notAllowed = (origin: string): Problem =>
  CoreProblem.origin_not_allowed(
    `The origin ${origin.slice(0, 200)} is not allowed here; add it to ALLOWED_ORIGINS if it should be`,
  );

const misdirected = (): Problem =>
  CoreProblem.host_not_allowed('This server is not known by that host name; add it to PUBLIC_ORIGINS if it should be');
