import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { parseJsonBody } from '../core/http/json-body.parser.js';
import { CoreProblem } from '../core/http/problem.js';
import '../core/http/streamed-body.decorators.js';

/** Maximal bytes of a body under /api/auth: names, addresses, passwords and tokens. Most of these routes are public. */
const MAX_AUTH_BODY = 16 * 1024;
/** Media type under which a body that its handler reads passes the parsers unread. */
const UNREAD = 'application/vnd.ctms.unread';
const isOfAuth = (route: string): boolean => /^\/api\/auth(?:\/|$)/.test(route);

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Values that a body of this route may have, where it takes many records. */
    maxBodyValues?: number;
  }
}

/**
 * Parses bodies as JSON. A parse error is revealed only to callers who may use the route at all, so it is stored
 * until they are authorized: `RejectUnknownInputInterceptor` throws it.
 */
export function registerBodyParsers(server: FastifyInstance): void {
  // Ignores the type of an empty body: browsers send one for a POST without a body.
  server.addHook('onRequest', (request, _reply, done) => {
    if (isEmpty(request)) delete request.raw.headers['content-type'];
    else if (isEncoded(request)) refuseEncoding(request);
    else if (request.routeOptions.config.streamedBody) leaveUnread(request);
    done();
  });
  server.addHook('onRoute', (route) => {
    if (isOfAuth(route.url)) route.bodyLimit = MAX_AUTH_BODY;
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    ['application/json', 'application/problem+json'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      try {
        done(null, parseJsonBody(body, request.routeOptions.config.maxBodyValues));
      } catch (error) {
        request.bodyParseError = error as Error;
        done(null, undefined);
      }
    },
  );
  server.addContentTypeParser(UNREAD, (request, _payload, done) => {
    if (request.streamedMediaType === undefined) request.bodyParseError ??= CoreProblem.unsupported_media_type();
    done(null, undefined);
  });
  server.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length > 0) request.bodyParseError = CoreProblem.unsupported_media_type();
    done(null, undefined);
  });
}

function isEmpty({ headers }: FastifyRequest): boolean {
  return Number(headers['content-length'] ?? 0) === 0 && headers['transfer-encoding'] === undefined;
}

function isEncoded({ headers }: FastifyRequest): boolean {
  return !/^(?:identity)?$/i.test((headers['content-encoding'] ?? '').trim());
}

/** Refuses a compressed body: its size is known only once it is decompressed, and no limit would hold. */
function refuseEncoding(request: FastifyRequest): void {
  const detail = 'Send the body as it is, without Content-Encoding: compressed bodies are not taken';
  request.bodyParseError = CoreProblem.unsupported_media_type(detail);
  request.raw.headers['content-type'] = UNREAD;
}

/** Leaves the body to the handler, unless the route does not take its type. */
function leaveUnread(request: FastifyRequest): void {
  const { mediaTypes = [] } = request.routeOptions.config.streamedBody ?? {};
  const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  const mediaType = type.trim().toLowerCase();
  if (mediaTypes.includes(mediaType)) request.streamedMediaType = mediaType;
  else request.bodyParseError = CoreProblem.unsupported_media_type(`Send a body of type ${mediaTypes.join(' or ')}`);
  request.raw.headers['content-type'] = UNREAD;
}
