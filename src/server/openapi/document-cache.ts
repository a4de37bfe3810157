import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

const PATHS = new Set([
  '/openapi.json',
  '/openapi.yaml',
  '/asyncapi.json',
  '/docs/swagger-ui-init.js',
  // The library serves the same script by this path too.
  '/docs/docs/swagger-ui-init.js',
  '/redoc/redoc.standalone.js',
]);
const compress = promisify(gzip);

interface Document {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** Returns the path without the trailing slash that the router ignores. */
const pathOf = ({ url }: FastifyRequest): string => (url.split('?', 1)[0] ?? '').replace(/\/$/, '');

/** Caches the documents, plain and compressed, with an `ETag`: building them takes too long for each request. */
export function cacheDocuments(server: FastifyInstance): void {
  const documents = new Map<string, Document>();
  /** Documents that a request is building, while the others wait. */
  const building = new Map<string, Build>();
  server.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request);
    if (!PATHS.has(path) || (request.method !== 'GET' && request.method !== 'HEAD')) return;
    // Checked again after each wait, without a pause before `set`: after a failed build one of the waiting requests
    // builds next.
    while (!documents.has(path) && building.has(path)) await building.get(path)?.promise;
    const document = documents.get(path);
    if (document) return answer(document, request, reply);
    building.set(path, buildBy(request));
  });
  server.addHook('onSend', async (request, reply, payload) => {
    const path = pathOf(request);
    const build = building.get(path);
    // Others that are answered during it are refused ones: their answer is no document.
    if (build?.by !== request) return payload;
    if (reply.statusCode === 200 && isText(payload))
      documents.set(path, await documentOf(String(reply.getHeader('content-type')), Buffer.from(payload)));
    build.resolve();
    building.delete(path);
    return payload;
  });
}

function answer(document: Document, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { type, etag, plain, gzipped } = document;
  void reply.headers({ ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' });
  if (matchesTag(headers['if-none-match'], etag)) return reply.status(304).send();
  if (!/\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))) return reply.type(type).send(plain);
  return reply.type(type).header('Content-Encoding', 'gzip').send(gzipped);
}

/** True where `If-None-Match` names the tag; weak tags (RFC 9110 §13.1.2) and `*` match too. */
const matchesTag = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.includes(etag));

async function documentOf(type: string, plain: Buffer): Promise<Document> {
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type, etag, plain, gzipped: await compress(plain) };
}

const isText = (payload: unknown): payload is string | Buffer =>
  typeof payload === 'string' || Buffer.isBuffer(payload);

interface Build {
  readonly by: FastifyRequest;
  readonly promise: Promise<void>;
  resolve(): void;
}

function buildBy(by: FastifyRequest): Build {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { by, promise, resolve };
}
