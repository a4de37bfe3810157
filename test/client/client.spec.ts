import { WebSocket } from 'ws';
import {
  createClient,
  isProblem,
  type ClientOptions,
  type CtmsClient,
  type Live,
  type LiveEvents,
  type Send,
} from '../../client/src/index.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aMember, PASSWORD } from '../support/device.js';
import { aTask } from '../support/factories.js';
import { anOwner, SecondFactorOf } from '../support/second-factor.js';
import { problemOf } from './problem-of.js';
import { waitFor } from '../support/wait-for.js';

const DRAFT = { title: 'Close-out visit', estimated_hours: '6.00', deadline: '2100-01-01T00:00:00Z' };
const MINUTE = 60;

let app: TestApp;
let baseUrl: string;
let manager: TestActor;
let names = 0;
const sockets: Live[] = [];

beforeAll(async () => {
  app = await TestApp.start();
  await app.nest.listen(0, '127.0.0.1');
  baseUrl = await app.nest.getUrl();
  manager = await anActor(app, 'manager', { username: 'meera' });
});
// Members may create tasks in their working hours, whenever the spec runs.
beforeEach(() => app.clock.set('2026-12-01T06:30:00Z'));
afterEach(() => {
  sockets.splice(0).forEach((live) => live.close());
  app.clock.reset();
});
afterAll(() => app.stop());

/** A client with a member of its own, and the requests that it sent, as `POST /api/tasks 201`. */
async function aClient(options: Partial<ClientOptions> = {}) {
  const username = `client${++names}`;
  const id = await aMember(app, username);
  const sent: string[] = [];
  const send: Send = options.fetch ?? ((request) => fetch(request));
  const client = createClient({
    baseUrl,
    WebSocket,
    ...options,
    async fetch(request) {
      const line = `${request.method} ${new URL(request.url).pathname}`;
      const response = await send(request);
      sent.push(`${line} ${response.status}`);
      return response;
    },
  });
  return { client, sent, id, username, credentials: { username, password: PASSWORD } };
}

async function signedIn(options: Partial<ClientOptions> = {}) {
  const made = await aClient(options);
  await made.client.signIn(made.credentials);
  return made;
}

const refreshes = (sent: readonly string[]) => sent.filter((line) => line.startsWith('POST /api/auth/refresh'));

describe('a session of the client', () => {
  it('signs in, calls with types, and signs out', async () => {
    const { client, id } = await signedIn();
    const task = await client.post('/api/tasks', { body: { ...DRAFT, assigned_to: id } });
    expect(task.title).toBe('Close-out visit');
    const changed = await client.patch('/api/tasks/{id}', {
      params: { path: { id: task.id } },
      body: { status: 'in_progress' },
    });
    expect(changed.status).toBe('in_progress');
    await client.delete('/api/tasks/{id}', { params: { path: { id: task.id } }, body: { reason: 'Twice' } });
    expect(await client.get('/api/tasks')).toEqual([]);
    await client.signOut();
    expect((await problemOf(client.get('/api/tasks'))).status).toBe(401);
  });

  it('refreshes once for ten requests that find their token expired', async () => {
    const { client, sent } = await signedIn();
    app.clock.advance(21 * MINUTE);
    const lists = await Promise.all(Array.from({ length: 10 }, () => client.get('/api/tasks')));
    expect(lists).toHaveLength(10);
    expect(refreshes(sent)).toEqual(['POST /api/auth/refresh 200']);
    expect(sent.filter((line) => line === 'GET /api/tasks 200')).toHaveLength(10);
  });

  it('goes on with the fresh token of a response', async () => {
    const { client, sent } = await signedIn();
    app.clock.advance(19 * MINUTE);
    await client.get('/api/tasks');
    app.clock.advance(10 * MINUTE);
    await client.get('/api/tasks');
    expect(refreshes(sent)).toEqual([]);
  });

  it('is continued by its cookie, and not without one', async () => {
    const jar = new Map<string, string>();
    const withJar: Send = async (request) => {
      if (jar.size > 0) request.headers.set('Cookie', [...jar].map((pair) => pair.join('=')).join('; '));
      const response = await fetch(request);
      response.headers
        .getSetCookie()
        .forEach((text) => jar.set(...(text.split(';')[0]?.split('=') as [string, string])));
      return response;
    };
    await signedIn({ fetch: withJar });
    const [{ client: next }, { client: other }] = [await aClient({ fetch: withJar }), await aClient()];
    expect([await next.restore(), await other.restore()]).toEqual([true, false]);
    expect(await next.get('/api/tasks')).toEqual([]);
  });

  it('that is ended elsewhere ends here, once, and asks for no further refresh', async () => {
    let ended = 0;
    const { client, sent, id } = await signedIn({ onSignedOut: () => ended++ });
    await as(manager).patch(`/api/auth/users/${id}`, { is_active: false, reason: 'Left' });
    for (let attempt = 0; attempt < 3; attempt++) expect((await problemOf(client.get('/api/tasks'))).status).toBe(401);
    expect([ended, refreshes(sent).length]).toEqual([1, 1]);
  });

  it('says that a second factor is missing', async () => {
    const owner = await anOwner(app);
    const factor = await SecondFactorOf.begin(owner.device);
    await factor.confirm();
    const { client } = await aClient();
    const missing = await problemOf(client.signIn({ username: owner.username, password: PASSWORD }));
    expect([missing.status, missing.code]).toEqual([401, 'second_factor_required']);
    await client.signIn({ username: owner.username, password: PASSWORD, second_factor_code: factor.code() });
    expect((await client.get('/api/auth/users/me')).username).toBe(owner.username);
  });
});

describe('problems of the client', () => {
  it('have a code, a readable sentence, fields and the id of the request', async () => {
    const { client, id } = await signedIn();
    const invalid = await problemOf(client.post('/api/tasks', { body: { ...DRAFT, title: ' ', assigned_to: id } }));
    expect([invalid.status, invalid.code, invalid.errors[0]?.field]).toEqual([422, 'validation_error', 'title']);
    expect(invalid.message).toBe(invalid.problem.detail);
    const missing = await problemOf(client.get('/api/tasks/{id}', { params: { path: { id: 999_999 } } }));
    expect(isProblem(missing, 'task_not_found')).toBe(true);
    expect(missing.requestId).toBe(missing.response.headers.get('x-request-id'));
  });
});

describe('pages of the client', () => {
  it('come one by one, each when it is asked for', async () => {
    const { client, sent, id } = await signedIn();
    for (let n = 0; n < 25; n++) await aTask(app, id, { title: `Visit ${n}` });
    const sizes: number[] = [];
    for await (const page of client.pages('/api/tasks', { query: { limit: 10, sort: ['title'] } }))
      sizes.push(page.length);
    expect(sizes).toEqual([10, 10, 5]);
    const titles: string[] = [];
    for await (const { title } of client.items('/api/tasks', { query: { limit: 10, status: ['pending'] } }))
      titles.push(title);
    expect(new Set(titles).size).toBe(25);
    sent.length = 0;
    for await (const task of client.items('/api/tasks', { query: { limit: 10 } })) if (task.id > 0) break;
    expect(sent).toEqual(['GET /api/tasks 200']);
  });
});

describe('repetitions of the client', () => {
  /** Loses the answer of the first request of a method, after the server has made the change. */
  function losing(method: string): { send: Send; keys: (string | null)[] } {
    const keys: (string | null)[] = [];
    const send: Send = async (request) => {
      if (request.method === method) keys.push(request.headers.get('Idempotency-Key'));
      const response = await fetch(request);
      if (request.method !== method || keys.length > 1 || request.url.includes('/auth/')) return response;
      throw new TypeError('fetch failed');
    };
    return { send, keys };
  }

  it('make a change once whose answer was lost', async () => {
    const { send, keys } = losing('POST');
    const { client, id } = await aClient({ fetch: send });
    await client.signIn({ username: `client${names}`, password: PASSWORD });
    keys.length = 0;
    const task = await client.post('/api/tasks', { body: { ...DRAFT, assigned_to: id } });
    const rows = await app.rows<{ id: number }>(sql`SELECT id FROM tasks WHERE assigned_to_id = ${id}`);
    expect(rows).toEqual([{ id: task.id }]);
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('leave out the key where a route takes none, and keep that of the caller', async () => {
    const headers: (string | null)[] = [];
    const { client, id } = await signedIn({
      fetch: (request) => {
        headers.push(request.headers.get('Idempotency-Key'));
        return fetch(request);
      },
    });
    await client.post('/api/auth/socket-ticket');
    await client.post('/api/tasks', { body: { ...DRAFT, assigned_to: id }, headers: { 'Idempotency-Key': 'mine' } });
    expect(headers).toEqual([null, null, 'mine']);
  });

  it('wait as long as the server says, and end with its answer', async () => {
    let left = 2;
    const busy = () => new Response('{}', { status: 503, headers: { 'Retry-After': '0' } });
    const { client } = await signedIn({
      fetch: async (request) => (request.method === 'GET' && left-- > 0 ? busy() : fetch(request)),
    });
    expect(await client.get('/api/tasks')).toEqual([]);
    left = 3;
    expect((await problemOf(client.get('/api/tasks'))).status).toBe(503);
  });

  it('are none for an aborted request, nor for a login', async () => {
    let attempts = 0;
    const failing: Send = () => {
      attempts++;
      return Promise.reject(new TypeError('fetch failed'));
    };
    const { client, credentials } = await aClient({ fetch: failing });
    await expect(client.signIn(credentials)).rejects.toThrow('fetch failed');
    await expect(client.get('/api/tasks', { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(attempts).toBe(2);
  });
});

describe('the live connection of the client', () => {
  /** Opens a live connection and collects its events. */
  function followed(client: CtmsClient) {
    const live = client.live({ topics: ['tasks'] });
    sockets.push(live);
    const events: { kind: keyof LiveEvents; event: unknown }[] = [];
    for (const kind of ['notification', 'task', 'subscribed', 'resync', 'disconnected'] as const)
      live.on(kind, (event) => events.push({ kind, event }));
    const count = (kind: keyof LiveEvents) => events.filter((one) => one.kind === kind).length;
    return { live, events, count };
  }

  const give = (id: number) => as(manager).post('/api/tasks', { ...DRAFT, assigned_to: id });

  it('sends typed notifications and changes of tasks', async () => {
    const { client, id } = await signedIn();
    const { live, events, count } = followed(client);
    const messages: string[] = [];
    const stop = live.on('notification', ({ message }) => messages.push(message));
    await waitFor(() => count('subscribed') === 1);
    const { id: task } = (await give(id)).body as { id: number };
    await waitFor(() => count('notification') === 1 && count('task') === 1);
    expect(messages).toEqual(['meera gave you the task "Close-out visit"']);
    expect(events.find(({ kind }) => kind === 'task')?.event).toEqual({ change: 'created', task_id: task, version: 1 });
    stop();
    await give(id);
    await waitFor(() => count('notification') === 2);
    expect(messages).toHaveLength(1);
  });

  it('asks to read again where a bulk changes more tasks than are read one by one', async () => {
    const { client, id } = await signedIn();
    const { events, count } = followed(client);
    await waitFor(() => count('subscribed') === 1);
    // Arrives after the announcement of the subscription, which has it read again where that took long.
    await give(id);
    await waitFor(() => count('task') === 1 && count('notification') === 1);
    events.length = 0;
    const tasks = Array.from({ length: 300 }, (_, n) => ({ ...DRAFT, title: `Visit ${n}`, assigned_to: id }));
    expect((await as(manager).post('/api/tasks/bulk', { tasks })).status).toBe(200);
    await waitFor(() => count('notification') === 300 && count('resync') > 0);
    // One that comes after the burst is told by itself.
    const told = count('task');
    await waitFor(async () => {
      await give(id);
      await new Promise((resolve) => setTimeout(resolve, 600));
      return count('task') > told;
    });
    expect(count('task')).toBeLessThan(100);
    expect(count('resync')).toBeLessThan(5);
  });

  it('comes back after a cut, and asks to read again', async () => {
    const sockets: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    }
    const { client, id } = await signedIn({ WebSocket: Watched });
    const { events, count } = followed(client);
    await waitFor(() => count('subscribed') === 1);
    // Arrives after the announcement of the subscription, which has it read again where that took long.
    await give(id);
    await waitFor(() => count('task') === 1 && count('notification') === 1);
    events.length = 0;
    sockets[0]?.terminate();
    await waitFor(() => count('resync') > 0);
    const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== 'notification');
    expect(kinds.slice(0, 3)).toEqual(['disconnected', 'subscribed', 'resync']);
    await give(id);
    await waitFor(() => count('task') === 1);
  });

  it('outlives its access token, by a refresh and a new ticket', async () => {
    const { client, sent } = await signedIn();
    const { count } = followed(client);
    await waitFor(() => count('subscribed') === 1);
    app.clock.advance(21 * MINUTE);
    await waitFor(() => count('subscribed') === 2);
    expect(refreshes(sent)).toEqual(['POST /api/auth/refresh 200']);
  });

  it('ends with the session, and when it is closed', async () => {
    const { client } = await signedIn();
    const { events, count } = followed(client);
    await waitFor(() => count('subscribed') === 1);
    await client.signOut();
    await waitFor(() => events.some(({ event }) => (event as LiveEvents['disconnected']).final));
    const other = await signedIn();
    const closed = followed(other.client);
    await waitFor(() => closed.count('subscribed') === 1);
    closed.live.close();
    expect(closed.events.at(-1)?.event).toEqual({ code: 1000, reason: 'closed', final: true });
  });
});
