import cors from '@fastify/cors';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config } from '../core/config/config.js';
import { isApiPath } from '../core/http/api-path.js';
import { addresses, normalOrigin } from '../core/http/origin-forms.js';
import { ProblemFilter } from '../core/http/problem.filter.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { RateLimiter } from '../core/authorization/rate-limiter.js';

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
    'Idempotency-Replayed',
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

/** Answers are remembered for so many pairs of host and origin. */
const MAX_REMEMBERED = 1000;
const MAX_REMEMBERED_LENGTH = 300;

/** Lets the configured origins in, and the product's own; any other `Origin` is 403, before anything else is done. */
export async function registerCors(app: NestFastifyApplication, config: Config): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const limits = app.get(RateLimiter, { strict: false });
  const addressed = remembering((host) => config.publicOrigins.some((origin) => addresses(host, origin)));
  const allowed = allowedOrigins(config);
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    const forged = config.publicOrigins.length > 0 && isApiPath(request.url) && !addressed(request.host, '');
    const foreign = origin !== undefined && !allowed(request.host, origin);
    // Before anything that may refuse, so that a page of an allowed origin can read why.
    if (origin !== undefined && !foreign) void reply.headers(corsHeaders(origin));
    if (!forged && !foreign && !(request.is404 && isApiPath(request.url))) return done();
    // Not thrown: preflights and the documents are no routes of Nest, so its filter would not answer for them.
    const refuse = (problem: unknown) => new ProblemFilter().answer(problem, request, reply);
    // Neither comes to a guard, which would count it.
    limits
      .consumeAnonymous(request, reply)
      .then(() => (forged ? refuse(misdirected()) : foreign ? refuse(notAllowed(origin)) : done()), refuse);
  });
  await app.register(cors, {
    origin: true,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED,
    maxAge: A_DAY,
    strictPreflight: false,
  });
}

/** What lets a page of an origin read an answer (Fetch §3.2.3). */
export const corsHeaders = (origin: string): Record<string, string> => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': EXPOSED.join(', '),
  Vary: 'Origin',
});

/**
 * Whether a request to a host may come from a page of an origin: of a configured one, or of the product's own, as that of
 * Swagger UI. Where that is not configured, the host that the client names decides.
 */
export function allowedOrigins({
  allowedOrigins,
  publicOrigins,
}: Pick<Config, 'allowedOrigins' | 'publicOrigins'>): (host: string, origin: string) => boolean {
  const known = new Set([...allowedOrigins, ...publicOrigins]);
  return remembering((host, origin) => {
    const form = normalOrigin(origin);
    return form !== undefined && (known.has(form) || (publicOrigins.length === 0 && addresses(host, form)));
  });
}

/** Parsing addresses anew for each request would cost more than all else that is done here. */
function remembering(judge: (host: string, origin: string) => boolean): (host: string, origin: string) => boolean {
  const known = new Map<string, boolean>();
  return (host, origin) => {
    const key = `${host}\n${origin}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const judged = judge(host, origin);
    if (known.size >= MAX_REMEMBERED) known.clear();
    if (key.length <= MAX_REMEMBERED_LENGTH) known.set(key, judged);
    return judged;
  };
}

const notAllowed = (origin: string): Problem =>
  CoreProblem.origin_not_allowed(
    `The origin ${origin.slice(0, 200)} is not allowed here; add it to ALLOWED_ORIGINS if it should be`,
  );

const misdirected = (): Problem =>
  CoreProblem.host_not_allowed('This server is not known by that host name; add it to PUBLIC_ORIGINS if it should be');
