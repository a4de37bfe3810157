import { WebSocket } from 'ws';
import { createClient, type LiveEvents } from '../../client/src/index.js';
import { Live } from '../../client/src/live.js';
import { TestApp } from '../support/app.js';
import { aMember, PASSWORD } from '../support/device.js';
import { listening, LiveClient } from '../support/live.js';
import { anActor } from '../support/actors.js';

const TIMEOUT_MS = 2000;
const ASHA = { username: 'asha', password: PASSWORD };
const TIMED_OUT = { name: 'TimeoutError', message: 'No answer within 2 s; try again' };

let app: TestApp;
let url: string;

beforeAll(async () => {
  app = await TestApp.start();
  url = await listening(app);
  await aMember(app, ASHA.username);
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

/** The time-outs that run. Their time is up where the server is silent alone: what it answers may take long on a busy machine. */
const timeouts: AbortController[] = [];
beforeEach(() => {
  timeouts.length = 0;
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    if (ms !== TIMEOUT_MS) throw new Error(`A time-out of ${ms} ms`);
    const controller = new AbortController();
    timeouts.push(controller);
    return controller.signal;
  });
});
afterEach(() => jest.restoreAllMocks());

/** Waits until a request is aborted, as `fetch` does where nothing comes. */
const silence = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    setTimeout(() => timeouts.splice(0).forEach((timeout) => timeout.abort(reason)), 100);
  });

/** A client to which the server stops answering on some paths. */
function aClient() {
  let silent = /$^/;
  let isBodySilent = false;
  let signedOut = 0;
  const client = createClient({
    baseUrl: new URL(url.replace('ws', 'http')).origin,
    WebSocket,
    authTimeoutMs: TIMEOUT_MS,
    onSignedOut: () => signedOut++,
    async fetch(request) {
      if (!silent.test(request.url)) return fetch(request);
      if (!isBodySilent) return silence(request.signal);
      const { status, headers } = await fetch(request);
      const pull = (body: ReadableStreamDefaultController) =>
        silence(request.signal).catch((error: unknown) => body.error(error));
      return new Response(new ReadableStream({ pull }), { status, headers });
    },
  });
  const silenced = async <T>(paths: RegExp, call: () => Promise<T>): Promise<T> => {
    silent = paths;
    return call().finally(() => (silent = /$^/));
  };
  return { client, silenced, silenceBodies: () => (isBodySilent = true), signedOut: () => signedOut };
}

describe('a client whose server does not answer', () => {
  it('gives up a refresh; requests that wait for it fail, and the session lives on', async () => {
    const { client, silenced, signedOut } = aClient();
    await client.signIn(ASHA);
    app.clock.advance(20 * 60 + 1);
    const me = () => client.get('/api/auth/users/me');
    await silenced(/\/refresh$/, async () => {
      const outcomes = await Promise.allSettled([me(), client.get('/api/tags')]);
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.objectContaining(TIMED_OUT) as object });
    });
    expect([(await me()).username, signedOut()]).toEqual(['asha', 0]);
  });

  it('signs in once the refresh before it is given up', async () => {
    const { client, silenced } = aClient();
    await silenced(/\/refresh$/, async () => {
      const restored = client.restore();
      restored.catch(() => undefined);
      await client.signIn(ASHA);
      await expect(restored).rejects.toMatchObject(TIMED_OUT);
    });
    expect((await client.get('/api/auth/users/me')).username).toBe('asha');
  });

  it('gives up a sign-in, and can sign in again', async () => {
    const { client, silenced } = aClient();
    await expect(silenced(/\/login$/, () => client.signIn(ASHA))).rejects.toMatchObject(TIMED_OUT);
    await client.signIn(ASHA);
    expect((await client.get('/api/auth/users/me')).username).toBe('asha');
  });

  it('gives up a sign-in whose answer has no end', async () => {
    const { client, silenced, silenceBodies } = aClient();
    silenceBodies();
    await expect(silenced(/\/login$/, () => client.signIn(ASHA))).rejects.toMatchObject(TIMED_OUT);
    await client.signIn(ASHA);
  });

  it('gives up a sign-out, which can be tried again', async () => {
    const { client, silenced, signedOut } = aClient();
    await client.signIn(ASHA);
    await expect(silenced(/\/logout$/, () => client.signOut())).rejects.toMatchObject(TIMED_OUT);
    expect([(await client.get('/api/auth/users/me')).username, signedOut()]).toEqual(['asha', 0]);
    await client.signOut();
    expect(signedOut()).toBe(1);
  });

  it('signs out while a request that sets cookies has no answer', async () => {
    const { client, silenced, signedOut } = aClient();
    await client.signIn(ASHA);
    await silenced(/\/logout-all$/, async () => {
      const everywhere = client.post('/api/auth/logout-all');
      everywhere.catch(() => undefined);
      await client.signOut();
      await expect(everywhere).rejects.toMatchObject(TIMED_OUT);
    });
    expect(signedOut()).toBe(1);
  });

  it('asks for another ticket of a live connection', async () => {
    const { client, silenced } = aClient();
    await client.signIn(ASHA);
    const live = await silenced(/\/socket-ticket$/, async () => {
      const connecting = client.live({ topics: ['tasks'] });
      await new Promise((resolve) => connecting.on('disconnected', resolve));
      return connecting;
    });
    expect(await new Promise((resolve) => live.on('subscribed', resolve))).toMatchObject({ topics: ['tasks'] });
    live.close();
  });
});

describe('a live connection that carries nothing', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  async function aLive() {
    const sockets: (EventTarget & { sent: string[]; isClosed: boolean })[] = [];
    const open = () => {
      const socket = Object.assign(new EventTarget(), { sent: [] as string[], isClosed: false });
      sockets.push(socket);
      return Object.assign(socket, {
        send: (text: string) => void socket.sent.push(text),
        close: () => void (socket.isClosed = true),
      });
    };
    const live = new Live({ isCurrent: () => true, address: () => Promise.resolve('ws://x'), open }, []);
    const ends: LiveEvents['disconnected'][] = [];
    live.on('disconnected', (event) => ends.push(event));
    await jest.advanceTimersByTimeAsync(0);
    const [socket] = sockets;
    if (!socket) throw new Error('No socket was opened');
    const receive = (frame: object) =>
      socket.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
    return { live, sockets, socket, ends, receive };
  }

  const LOST = [{ code: 1006, reason: 'no answer', final: false }];

  it('is closed and opened again where the server leaves its question unanswered', async () => {
    const { live, sockets, socket, ends, receive } = await aLive();
    socket.dispatchEvent(new Event('open'));
    await jest.advanceTimersByTimeAsync(59_000);
    receive({ type: 'notification', notification: {} });
    await jest.advanceTimersByTimeAsync(59_000);
    expect(socket.sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(2000);
    expect(socket.sent).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(13_000);
    expect([socket.isClosed, ends]).toEqual([false, []]);
    await jest.advanceTimersByTimeAsync(2000);
    expect([socket.isClosed, ends, sockets.length]).toEqual([true, LOST, 2]);
    // Its late end, and what it still carries, are those of a connection that is replaced.
    let notified = 0;
    live.on('notification', () => notified++);
    receive({ type: 'notification', notification: {} });
    socket.dispatchEvent(new Event('close'));
    await jest.advanceTimersByTimeAsync(20_000);
    expect([notified, ends, sockets.length]).toEqual([0, LOST, 2]);
    live.close();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('stays open where the server answers, and asks again after the next silence', async () => {
    const { live, socket, ends, receive } = await aLive();
    socket.dispatchEvent(new Event('open'));
    for (let n = 1; n <= 3; n++) {
      await jest.advanceTimersByTimeAsync(61_000);
      expect(socket.sent).toHaveLength(n);
      receive({ type: 'error', code: 'invalid_topics', detail: '' });
    }
    expect([socket.isClosed, ends]).toEqual([false, []]);
    live.close();
  });

  it('is given up where it does not open', async () => {
    const { live, socket, ends } = await aLive();
    await jest.advanceTimersByTimeAsync(31_000);
    expect([socket.isClosed, socket.sent, ends]).toEqual([true, [], LOST]);
    live.close();
  });

  it('asks what the server answers without any change', async () => {
    const { live, socket } = await aLive();
    socket.dispatchEvent(new Event('open'));
    await jest.advanceTimersByTimeAsync(60_000);
    live.close();
    jest.useRealTimers();
    const served = LiveClient.of(await anActor(app, 'developer'), url);
    await served.opened;
    served.say({ action: 'subscribe', topics: ['tasks'] });
    served.say(String(socket.sent[0]));
    served.say({ action: 'subscribe', topics: ['tasks'] });
    while (served.sent.length < 3) await new Promise((resolve) => served.socket.once('message', resolve));
    const subscribed = { type: 'subscribed', topics: ['tasks'] };
    expect(served.sent).toMatchObject([subscribed, { type: 'error', code: 'invalid_topics' }, subscribed]);
    served.socket.close();
  });
});
