import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { HOSTILE, hostileJson } from '../support/hostile-texts.js';
import { blockOf, longestBlock, MAX_BLOCK_MS, WATCHED } from '../support/loop-watch.js';
import { operations, type Operation } from '../support/operations.js';
import { startProduct, type Product } from '../support/product.js';

const WITHOUT_LIMITS = { RATE_LIMIT_ENABLED: 'false', LOGIN_FAILURES_BEFORE_CHALLENGE: '1000' };
/** A little less than the greatest body that is read: beyond, it is only counted. */
const LONGEST = 1024 * 1024 - 20_000;
const LONG = 200_000;
const LONGEST_OF_AUTH = 16 * 1024 - 2000;
const LONGEST_HEADER = 12_000;
const TEXTS = Object.keys(HOSTILE);
/** After so many, the event loop is asked: garbage collection on a busy machine must not have all of them sent again. */
const BATCH = 10;
/** Each text is a whole body of one in so many operations, in turn: a body is parsed before its route matters. */
const BODY_TURNS = 4;
const HEADERS = [
  ...['range', 'traceparent', 'tracestate', 'idempotency-key', 'if-none-match', 'x-forwarded-host'],
  ...['x-change-reason', 'user-agent', 'if-match', 'x-request-id', 'x-captcha-answer', 'cookie', 'authorization'],
  ...['accept', 'accept-language', 'content-type', 'origin', 'forwarded', 'x-forwarded-for', 'host', 'referer'],
];

describe('the longest hostile text', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let product: Product;
  let token: string;

  beforeAll(async () => {
    product = await startProduct({ ...WATCHED, ...WITHOUT_LIMITS });
    const credentials = JSON.stringify({ username: 'manager', password: 'trial-demo-2026' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${product.url}/api/auth/login`, { method: 'POST', headers, body: credentials });
    token = ((await answer.json()) as { access: string }).access;
    await longestBlock(product.child);
  }, 120_000);
  afterAll(async () => {
    agent.destroy();
    await product?.stop();
  });

  /** @returns the status; 0 where the server hung up while it was still sent */
  const send = (method: string, path: string, body?: Buffer, headers: Record<string, string> = {}) =>
    new Promise<number>((resolve) => {
      const json = body && { 'content-type': 'application/json', 'content-length': String(body.length) };
      const given = { authorization: `Bearer ${token}`, ...json, ...headers };
      const call = request(product.url + path, { agent, method, headers: given }, (response) => {
        response.resume().on('close', () => resolve(response.statusCode ?? 0));
      });
      call.on('error', () => resolve(0));
      call.end(body);
    });

  /** Sends all of them; those of a batch in which the loop was blocked once more, each alone. */
  async function assertQuick(calls: ReadonlyMap<string, () => Promise<number>>): Promise<void> {
    const [statuses, slow]: [number[], string[]] = [[], []];
    const named = [...calls];
    for (let first = 0; first < named.length; first += BATCH) {
      const batch = named.slice(first, first + BATCH);
      for (const [, call] of batch) statuses.push(await call());
      if ((await longestBlock(product.child)) <= MAX_BLOCK_MS) continue;
      for (const [name, call] of batch) {
        const block = await blockOf(product.child, call);
        if (block > MAX_BLOCK_MS) slow.push(`${name}: ${Math.round(block)} ms`);
      }
    }
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(slow).toEqual([]);
  }

  interface Field {
    readonly operation: Operation;
    readonly name: string;
    readonly schema: unknown;
  }
  /**
   * Of the fields with one name and schema, which one code validates, those whose turn it is: so each text goes to each kind of
   * field, and each field of each route gets at least one text.
   */
  function inTurn(fields: readonly Field[], turn: number): Field[] {
    const kinds = new Map<string, Field[]>();
    for (const field of fields) {
      const kind = JSON.stringify([isOfAuth(field.operation), field.name, field.schema]);
      kinds.set(kind, [...(kinds.get(kind) ?? []), field]);
    }
    return [...kinds.values()].flatMap((alike) => {
      const turns = Math.min(alike.length, TEXTS.length);
      return alike.filter((_, place) => place % turns === turn % turns);
    });
  }
  /** Its bodies are short, and so its fields. */
  const isOfAuth = ({ path }: Operation) => path.startsWith('/api/auth');

  const pathOf = ({ path }: Operation, value = '1') => path.replaceAll(/\{\w+\}/g, value);
  const fieldsOf = (operation: Operation) =>
    Object.entries(operation.body?.properties ?? {}).map(([name, schema]) => ({ operation, name, schema }));
  const parametersOf = (operation: Operation) =>
    operation.parameters
      .filter((given) => given.in === 'query')
      .map(({ name, schema }) => ({ operation, name, schema }));

  describe.each(TEXTS.map((name, turn) => [name, turn] as const))('made of %s', (name, turn) => {
    const hostile = HOSTILE[name] as (typeof HOSTILE)[string];

    it('in each field of each body, and as a body, blocks no other client', async () => {
      const [long, longest] = [hostileJson(hostile, LONG), hostileJson(hostile, LONGEST)];
      const longestOfAuth = hostileJson(hostile, LONGEST_OF_AUTH);
      const calls = new Map<string, () => Promise<number>>();
      const writing = operations.filter(({ method }) => method !== 'GET');
      const add = (operation: Operation, what: string, body: Buffer) => {
        const { method, path } = operation;
        calls.set(`${method} ${path} ${what}`, () => send(method, pathOf(operation), body));
      };
      for (const { operation, name: field } of inTurn(writing.flatMap(fieldsOf), turn))
        add(operation, field, within(field, isOfAuth(operation) ? longestOfAuth : long));
      for (const [place, operation] of writing.entries())
        if (place % BODY_TURNS === turn % BODY_TURNS) add(operation, 'body', longest);
      await assertQuick(calls);
    }, 120_000);

    it('in each parameter and header blocks no other client', async () => {
      const value = String(hostileJson(hostile, 2500)).replaceAll(/^"|"$/g, '');
      const encoded = encodeURIComponent(value.toWellFormed()).slice(0, LONGEST_HEADER).replace(/%.?$/, '');
      const longest = String(hostileJson(hostile, LONGEST_HEADER)).replaceAll(/^"|"$|[\r\n]/g, '');
      const raw = Buffer.from(longest).subarray(0, LONGEST_HEADER).toString('latin1');
      const calls = new Map<string, () => Promise<number>>();
      for (const operation of operations.filter(({ path }) => path.includes('{')))
        calls.set(`${operation.method} ${operation.path} id`, () => send(operation.method, pathOf(operation, encoded)));
      for (const { operation, name: parameter } of inTurn(operations.flatMap(parametersOf), turn)) {
        const query = `${pathOf(operation)}?${parameter}=${encoded}`;
        calls.set(`${operation.method} ${operation.path} ?${parameter}`, () => send(operation.method, query));
      }
      for (const header of HEADERS)
        for (const path of ['/api/auth/login', '/api/tags'])
          calls.set(`${path} ${header}`, () => send('POST', path, Buffer.from('{}'), { [header]: raw }));
      await assertQuick(calls);
    }, 120_000);
  });

  it('in place of an access token blocks no other client, however often it is sent', async () => {
    const headers = { authorization: 'a'.repeat(LONGEST_HEADER) };
    const block = await blockOf(product.child, async () => {
      for (let n = 0; n < 10; n++) expect(await send('GET', '/api/tasks', undefined, headers)).toBe(401);
    });
    expect(block).toBeLessThanOrEqual(MAX_BLOCK_MS);
  });

  it.each(['?', '.?', 'a?', '"', '\u00c3\u00a9'])(
    'in a reason of the allowed length, made of %s, blocks no other client',
    async (part) => {
      const reason = `${part.repeat(Math.floor(999 / part.length))}1`;
      const headers = { 'x-change-reason': `UTF-8''${encodeURIComponent(reason)}` };
      const body = Buffer.from(JSON.stringify({ name: 'tag', reason }));
      const block = await blockOf(product.child, async () => {
        await send('GET', '/health', undefined, headers);
        await send('POST', '/api/tags', body);
      });
      expect(block).toBeLessThanOrEqual(MAX_BLOCK_MS);
    },
  );

  it('in a frame of a socket blocks no other client', async () => {
    const socket = new WebSocket(`${product.url.replace('http', 'ws')}/ws/notifications/?token=${token}`);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    const frames = Object.values(HOSTILE).map((hostile) => within('action', hostileJson(hostile, 64_000)));
    const block = await blockOf(product.child, async () => frames.forEach((frame) => socket.send(frame)));
    expect([block <= MAX_BLOCK_MS, socket.readyState]).toEqual([true, WebSocket.OPEN]);
    socket.close();
  });

  it('in very many frames at once blocks no other client', async () => {
    const { port } = new URL(product.url);
    const upgrade = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    const key = `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`;
    const line = `GET /ws/notifications/?token=${token} HTTP/1.1`;
    // A masked text of one letter, 9,000 of which are in each piece that the server reads.
    const frames = Buffer.alloc(350_000, Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]));
    const block = await blockOf(product.child, async () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write([line, ...upgrade, key, '', ''].join('\r\n'));
      await once(socket, 'data');
      socket.resume().write(frames);
      await once(socket, 'close');
    });
    expect(block).toBeLessThanOrEqual(MAX_BLOCK_MS);
  });

  it('is refused by its length, where a body is allowed no more', async () => {
    const body = within('username', hostileJson(HOSTILE['combining marks'] as never, 400_000));
    expect(await send('POST', '/api/auth/login', body)).toBe(413);
    expect(await send('POST', '/api/auth/register', body)).toBe(413);
    const short = within('username', hostileJson(HOSTILE['combining marks'] as never, LONGEST_OF_AUTH));
    expect(await send('POST', '/api/auth/register', short)).toBe(422);
  });
});

function within(field: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`{"${field}":`), value, Buffer.from('}')]);
}
