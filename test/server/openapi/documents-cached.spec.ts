import { gunzipSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDocuments } from '../../../src/server/openapi/document-cache.js';

const TEXT = JSON.stringify({ openapi: '3.1.0', text: 'long '.repeat(2000) });

describe('A document that takes long to build', () => {
  let server: FastifyInstance;
  let built: number;
  let failing: number;

  beforeEach(() => {
    [built, failing] = [0, 0];
    server = fastify({ routerOptions: { ignoreTrailingSlash: true } });
    cacheDocuments(server);
    server.get('/openapi.json', async (_request, reply) => {
      built++;
      await sleep(50);
      if (failing-- > 0) throw new Error('It cannot be built now');
      return reply.type('application/json; charset=utf-8').send(TEXT);
    });
  });
  afterEach(() => server.close());

  const get = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    server.inject({ method, url: '/openapi.json', headers });
  const many = (count: number) => Promise.all(Array.from({ length: count }, () => get()));

  it('is built once for all who ask for it, at the same time or later', async () => {
    const answers = [...(await many(30)), await get()];
    expect(new Set(answers.map(({ statusCode, body }) => [statusCode, body === TEXT].join()))).toEqual(
      new Set(['200,true']),
    );
    expect(built).toBe(1);
  });

  it('is built once also for an address with a trailing slash, and for one with a query', async () => {
    for (const url of ['/openapi.json', '/openapi.json/', '/openapi.json?a=1'])
      expect((await server.inject({ method: 'GET', url })).body).toBe(TEXT);
    expect(built).toBe(1);
  });

  it('is compressed, and not sent again to who has it', async () => {
    await get();
    const compressed = await get({ 'accept-encoding': 'gzip' });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(compressed.rawPayload).toString()).toBe(TEXT);
    const again = await get({ 'if-none-match': String(compressed.headers.etag) });
    expect([again.statusCode, again.body, built]).toEqual([304, '', 1]);
  });

  it('is built once also for those who ask for its head alone', async () => {
    const [head, ...answers] = await Promise.all([get({}, 'HEAD'), ...Array.from({ length: 20 }, () => get())]);
    const later = await get({}, 'HEAD');
    expect([head, later].map(({ statusCode, body }) => [statusCode, body])).toEqual([
      [200, ''],
      [200, ''],
    ]);
    expect(new Set(answers.map(({ body }) => body === TEXT))).toEqual(new Set([true]));
    expect(later.headers['content-length']).toBe(String(TEXT.length));
    expect(built).toBe(1);
  });

  it('is built once also where another request for its path is refused during that', async () => {
    const answers = many(20);
    expect((await server.inject({ method: 'POST', url: '/openapi.json' })).statusCode).toBe(404);
    await answers;
    expect(built).toBe(1);
  });

  it('is built again after a failure, by one at a time', async () => {
    failing = 1;
    const statuses = (await many(20)).map(({ statusCode }) => statusCode).sort();
    expect(statuses).toEqual([...Array.from({ length: 19 }, () => 200), 500]);
    expect(built).toBe(2);
  });
});
