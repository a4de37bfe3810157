import { createClient, type LiveEvents, type Send } from '../../client/src/index.js';
import { Live } from '../../client/src/live.js';
import { WebSocket } from 'ws';
import { RateLimiter } from '../../src/core/authorization/rate-limiter.js';
import { CoreProblem } from '../../src/core/http/problem.js';
import { LoadGauge } from '../../src/server/load-shedding.js';
import { TestApp } from '../support/app.js';
import { aMember, PASSWORD } from '../support/device.js';
import { waitFor } from '../support/wait-for.js';

let app: TestApp;
let baseUrl: string;
const as = (username: string) => ({ username, password: PASSWORD });

beforeAll(async () => {
  app = await TestApp.start();
  await app.nest.listen(0, '127.0.0.1');
  baseUrl = await app.nest.getUrl();
  for (const username of ['asha', 'bina']) await aMember(app, username);
});
afterAll(() => app.stop());

/** A client of asha's that counts tickets and sockets. */
async function aCountedClient(send: Send = fetch) {
  const counts = { tickets: 0, answered: 0 };
  const sockets: WebSocket[] = [];
  const errors: string[] = [];
  class Counted extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
      this.on('error', ({ message }) => errors.push(message));
    }
  }
  const client = createClient({
    baseUrl,
    WebSocket: Counted,
    async fetch(request) {
      if (!request.url.endsWith('/socket-ticket')) return send(request);
      counts.tickets++;
      return send(request).finally(() => counts.answered++);
    },
  });
  await client.signIn(as('asha'));
  return { client, counts, sockets, errors };
}

const endsOf = (live: Live) => {
  const ends: LiveEvents['disconnected'][] = [];
  live.on('disconnected', (event) => ends.push(event));
  return ends;
};

/** A live connection, and its sockets as they are opened, which have the events that a spec sends. */
function aLiveOfSockets() {
  const sockets: EventTarget[] = [];
  const open = () => {
    const socket = Object.assign(new EventTarget(), { send: () => undefined, close: () => undefined });
    sockets.push(socket);
    return socket;
  };
  return { live: new Live({ isCurrent: () => true, address: () => Promise.resolve('ws://x'), open }, []), sockets };
}

describe('a live connection of the client', () => {
  it('that is closed before its ticket arrives opens no socket', async () => {
    const { client, counts, sockets } = await aCountedClient();
    const live = client.live();
    const ends = endsOf(live);
    live.close();
    await waitFor(() => counts.answered === 1);
    await client.get('/api/auth/users/me');
    expect([sockets.length, ends]).toEqual([0, [{ code: 1000, reason: 'closed', final: true }]]);
  });

  it('that is closed while it is disconnected does not connect again', async () => {
    const { client, counts } = await aCountedClient((request) =>
      request.url.endsWith('/socket-ticket') ? Promise.reject(new TypeError('fetch failed')) : fetch(request),
    );
    const live = client.live();
    live.on('disconnected', () => live.close());
    // Its third attempt comes after the longest first pause of the other.
    const other = client.live();
    const attempts = endsOf(other);
    await waitFor(() => attempts.length === 3);
    other.close();
    expect(counts.tickets).toBe(1 + 3);
  });

  it('connects again although a handler throws', async () => {
    const { client, sockets } = await aCountedClient();
    const live = client.live({ topics: ['tasks'] });
    let subscribed = 0;
    live.on('subscribed', () => subscribed++);
    await waitFor(() => subscribed === 1);
    const [socket] = sockets;
    const failures: unknown[] = [];
    const report = (error: unknown) => failures.push(error);
    const listener = socket?.listeners('close')[0] as (code: number, reason: Buffer) => void;
    socket?.removeAllListeners('close');
    socket?.on('close', (code, reason) => {
      try {
        listener.call(socket, code, reason);
      } catch (error) {
        report(error);
      }
    });
    live.on('disconnected', ({ final }) => {
      if (!final) throw new Error('A fault of the page');
    });
    socket?.terminate();
    await waitFor(() => subscribed === 2);
    expect(failures).toHaveLength(1);
    live.close();
  });

  it.each([
    [
      429,
      () =>
        jest
          .spyOn(app.nest.get(RateLimiter, { strict: false }), 'consumeHandshake')
          .mockRejectedValueOnce(CoreProblem.too_many_requests()),
    ],
    // The ticket is a request before it.
    [503, () => jest.spyOn(LoadGauge.prototype, 'admits').mockReturnValueOnce(true).mockReturnValueOnce(false)],
  ])('connects again after a handshake that is refused with %i', async (status, refuseOnce) => {
    const { client, sockets, errors } = await aCountedClient();
    const refused = refuseOnce();
    const live = client.live({ topics: ['tasks'] });
    const ends = endsOf(live);
    let subscribed = false;
    live.on('subscribed', () => (subscribed = true));
    await waitFor(() => subscribed);
    expect(errors).toEqual([`Unexpected server response: ${status}`]);
    expect(ends).toEqual([{ code: 1006, reason: '', final: false }]);
    expect(sockets).toHaveLength(2);
    live.close();
    refused.mockRestore();
  });

  it.each([
    [1008, 1],
    [1013, 2],
  ])('that is closed with %i has opened %i of two sockets after 14 s', async (code, early) => {
    jest.useFakeTimers();
    try {
      const { sockets } = aLiveOfSockets();
      await jest.advanceTimersByTimeAsync(0);
      sockets[0]?.dispatchEvent(Object.assign(new Event('close'), { code, reason: '' }));
      await jest.advanceTimersByTimeAsync(14_000);
      expect(sockets).toHaveLength(early);
      // One that does not open would be replaced, too.
      sockets[1]?.dispatchEvent(new Event('open'));
      await jest.advanceTimersByTimeAsync(17_000);
      expect(sockets).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['without a close', [], undefined, 1006],
    ['and then a close', [], 0, 4009],
    ['of an open socket, and a close a second later', ['open'], 1000, 4009],
  ])('connects again after an error %s, once', async (_what, opens, closesAfter, code) => {
    jest.useFakeTimers();
    try {
      const { live, sockets } = aLiveOfSockets();
      const ends = endsOf(live);
      await jest.advanceTimersByTimeAsync(0);
      [...opens, 'error'].forEach((kind) => sockets[0]?.dispatchEvent(new Event(kind)));
      await jest.advanceTimersByTimeAsync(closesAfter ?? 0);
      if (closesAfter !== undefined) sockets[0]?.dispatchEvent(Object.assign(new Event('close'), { code, reason: '' }));
      await jest.advanceTimersByTimeAsync(10_000);
      expect([sockets.length, ends]).toEqual([2, [{ code, reason: '', final: false }]]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('tells of no change that it gathered before the session ended', async () => {
    const socket = Object.assign(new EventTarget(), { send: () => undefined, close: () => undefined });
    let [isOpened, isCurrent] = [false, true];
    const live = new Live(
      {
        isCurrent: () => isCurrent,
        address: () => Promise.resolve('ws://x'),
        open: () => ((isOpened = true), socket),
      },
      ['tasks'],
    );
    const [ends, changes] = [endsOf(live), [] as unknown[]];
    live.on('task', (change) => changes.push(change));
    await waitFor(() => isOpened);
    const data = JSON.stringify({ type: 'task', change: 'updated', task_id: 7, version: 2 });
    socket.dispatchEvent(new MessageEvent('message', { data }));
    isCurrent = false;
    await waitFor(() => ends.length > 0);
    expect([changes, ends]).toEqual([[], [{ code: 4001, reason: 'session_ended', final: true }]]);
  });

  it('ends with its user, and does not go on as the next one', async () => {
    const { client, sockets, counts } = await aCountedClient();
    const live = client.live({ topics: ['tasks'] });
    const ends = endsOf(live);
    let subscribed = 0;
    live.on('subscribed', () => subscribed++);
    await waitFor(() => subscribed === 1);
    await client.signIn(as('bina'));
    sockets[0]?.terminate();
    await waitFor(() => ends.length > 0);
    expect(ends).toEqual([{ code: 4001, reason: 'session_ended', final: true }]);
    expect(counts.tickets).toBe(1);
  });
});
