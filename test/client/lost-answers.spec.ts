import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createClient } from '../../client/src/index.js';
import { TestApp } from '../support/app.js';
import { aMember, PASSWORD } from '../support/device.js';
import { problemOf } from './problem-of.js';

const TOKEN_LIFE = 20 * 60 + 1;
const BEYOND_GRACE = 11;

/** What a proxy does with the answer of the product to a refresh. */
type Loss = (answer: IncomingMessage, response: ServerResponse) => void;

const connectionIsCut: Loss = (_, response) => void response.socket?.destroy();
const bodyIsCut: Loss = ({ statusCode = 0, headers }, response) =>
  response.writeHead(statusCode, headers).write('{"acc', () => response.socket?.destroy());
const answered =
  (status: number, headers: Record<string, string> = {}): Loss =>
  (_, response) =>
    response.writeHead(status, headers).end('{}');

let app: TestApp;
let origin: URL;
let baseUrl: string;
let members = 0;
let losses: Loss[] = [];
/** Status codes with which the product answered refreshes. */
let refreshes: (number | undefined)[] = [];

const proxy = createServer((request, response) => {
  const { method, headers, url = '' } = request;
  const forwarded = httpRequest(new URL(url, origin), { method, headers, agent: false }, (answer) => {
    const isRefresh = url.endsWith('/refresh');
    if (isRefresh) refreshes.push(answer.statusCode);
    const lose = isRefresh ? losses.shift() : undefined;
    if (!lose) return answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers));
    return answer.resume().once('end', () => lose(answer, response));
  });
  request.pipe(forwarded);
});

beforeAll(async () => {
  app = await TestApp.start();
  await app.nest.listen(0, '127.0.0.1');
  origin = new URL(await app.nest.getUrl());
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
// The grace of the former token is 10 s, which a busy machine could exceed.
beforeEach(() => app.clock.hold());
afterEach(() => app.clock.reset());
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await app.stop();
});

/** A signed-in client whose access token has expired, and whose next refreshes lose their answers. */
async function expired(...next: Loss[]) {
  const username = `lost${++members}`;
  await aMember(app, username);
  const ends = { count: 0 };
  const client = createClient({ baseUrl, onSignedOut: () => ends.count++ });
  await client.signIn({ username, password: PASSWORD });
  app.clock.advance(TOKEN_LIFE);
  [losses, refreshes] = [next, []];
  return { client, ends, me: () => client.get('/api/auth/users/me') };
}

describe('a refresh of the client whose answer is lost', () => {
  it.each([
    ['with its connection', connectionIsCut],
    ['in the middle of its body', bodyIsCut],
    ['by a gateway', answered(502)],
  ])('%s, is sent again at once, and the session goes on', async (_, loss) => {
    const { ends, me } = await expired(loss);
    await me();
    expect(refreshes).toEqual([200, 200]);
    app.clock.advance(BEYOND_GRACE);
    await me();
    app.clock.advance(TOKEN_LIFE);
    await me();
    expect([refreshes, ends.count]).toEqual([[200, 200, 200], 0]);
  });

  it('is one refresh for all requests that wait for it', async () => {
    const { ends, me } = await expired(connectionIsCut);
    await Promise.all(Array.from({ length: 7 }, me));
    expect([refreshes, ends.count]).toEqual([[200, 200], 0]);
  });

  it('twice, fails, and the next attempt within the grace continues the session', async () => {
    const { ends, me } = await expired(connectionIsCut, connectionIsCut);
    await expect(me()).rejects.toThrow('fetch failed');
    expect(refreshes).toEqual([200, 200]);
    await me();
    expect([refreshes, ends.count]).toEqual([[200, 200, 200], 0]);
  });

  it('is not sent again where the server asks to wait', async () => {
    const { ends, me } = await expired(answered(503, { 'Retry-After': '0' }));
    expect(await problemOf(me())).toMatchObject({ status: 503, retryAfter: 0 });
    expect([refreshes, ends.count]).toEqual([[200], 0]);
  });
});
