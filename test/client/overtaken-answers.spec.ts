import { createClient, type Send } from '../../client/src/index.js';
import { sql, TestApp } from '../support/app.js';
import { aMember, Device, PASSWORD } from '../support/device.js';
import { waitFor } from '../support/wait-for.js';

let app: TestApp;
let baseUrl: string;

beforeAll(async () => {
  app = await TestApp.start();
  await app.nest.listen(0, '127.0.0.1');
  baseUrl = await app.nest.getUrl();
  for (const username of ['asha', 'bina']) await aMember(app, username);
});
afterAll(() => app.stop());

/** A client whose next answer to some path is held back until `release`. */
function aSlowClient(path: string) {
  let release = (): void => undefined;
  let held: Promise<void> | undefined;
  let isBroken = false;
  const arrived = { count: 0 };
  /** Actions of authentication that arrived, in their order. */
  const sent: string[] = [];
  const send: Send = async (request) => {
    const [, action] = /\/auth\/(login|refresh)$/.exec(request.url) ?? [];
    if (action) sent.push(action);
    const response = await fetch(request);
    if (held && request.url.endsWith(path)) {
      arrived.count++;
      await held;
    }
    if (!isBroken || !request.url.endsWith(path)) return response;
    const { status, headers } = response;
    return new Response(new ReadableStream({ pull: (body) => body.error(new Error('terminated')) }), {
      status,
      headers,
    });
  };
  let signedOut = 0;
  const client = createClient({ baseUrl, fetch: send, onSignedOut: () => signedOut++ });
  return {
    client,
    arrived,
    sent,
    signedOut: () => signedOut,
    /** From now on, bodies of answers to that path end in an error. */
    breakOff: () => (isBroken = true),
    hold: () => {
      held = new Promise((resolve) => (release = resolve));
    },
    release: () => {
      held = undefined;
      release();
    },
  };
}

/** Takes longer than a login that does not wait. */
async function otherLogins(): Promise<void> {
  for (let n = 0; n < 3; n++) await new Device(app).login('asha');
}

const as = (username: string) => ({ username, password: PASSWORD });

describe('an answer that arrives late', () => {
  it('of a refresh, is awaited by a sign-in, which it does not end', async () => {
    const { client, hold, release, arrived, sent, signedOut } = aSlowClient('/refresh');
    hold();
    const restored = client.restore();
    const signedIn = client.signIn(as('asha'));
    await waitFor(() => arrived.count === 1);
    await otherLogins();
    expect(sent).toEqual(['refresh']);
    release();
    await signedIn;
    expect([await restored, signedOut()]).toEqual([false, 0]);
    expect(sent).toEqual(['refresh', 'login']);
    expect((await client.get('/api/auth/users/me')).username).toBe('asha');
  });

  it('of a refresh, leaves neither token nor cookie of the user before', async () => {
    const { client, hold, release, arrived } = aSlowClient('/refresh');
    await client.signIn(as('asha'));
    hold();
    const restored = client.restore();
    await waitFor(() => arrived.count === 1);
    const signedIn = client.signIn(as('bina'));
    await otherLogins();
    release();
    await Promise.all([restored, signedIn]);
    expect((await client.get('/api/auth/users/me')).username).toBe('bina');
    app.clock.advance(21 * 60);
    expect((await client.get('/api/auth/users/me')).username).toBe('bina');
  });

  it('of a login, is awaited by a refresh, which is not sent then', async () => {
    const { client, hold, release, arrived, sent } = aSlowClient('/login');
    await client.signIn(as('asha'));
    hold();
    const signedIn = client.signIn(as('bina'));
    const restored = client.restore();
    await waitFor(() => arrived.count === 1);
    release();
    await signedIn;
    expect([await restored, sent]).toEqual([true, ['login', 'login']]);
    app.clock.advance(21 * 60);
    expect((await client.get('/api/auth/users/me')).username).toBe('bina');
  });

  it.each(['logout', 'logout-all'] as const)(
    'of a %s, is awaited by a sign-in, which it does not end',
    async (action) => {
      const { client, hold, release, arrived, signedOut } = aSlowClient(`/${action}`);
      await client.signIn(as('asha'));
      hold();
      const ended = action === 'logout' ? client.signOut() : client.post('/api/auth/logout-all');
      await waitFor(() => arrived.count === 1);
      const signedIn = client.signIn(as('bina'));
      await otherLogins();
      release();
      await Promise.all([ended, signedIn]);
      expect(signedOut()).toBe(action === 'logout' ? 1 : 0);
      app.clock.advance(21 * 60);
      expect((await client.get('/api/auth/users/me')).username).toBe('bina');
    },
  );

  it('of a login, is awaited by a change of the password, which is not sent then for the user before', async () => {
    const { client, hold, release, arrived } = aSlowClient('/login');
    await client.signIn(as('asha'));
    hold();
    const signedIn = client.signIn(as('bina'));
    await waitFor(() => arrived.count === 1);
    const body = { old_password: PASSWORD, new_password: 'another fine phrase' };
    const late = client.post('/api/auth/password/change', { body });
    late.catch(() => undefined);
    release();
    await signedIn;
    await expect(late).rejects.toThrow('another session has begun');
    app.clock.advance(21 * 60);
    expect((await client.get('/api/auth/users/me')).username).toBe('bina');
  });

  it('of a refresh that fails, is awaited by a request, which is refused by the server then', async () => {
    const { client, hold, release, arrived } = aSlowClient('/refresh');
    await client.signIn(as('asha'));
    await app.rows(sql`UPDATE user_sessions SET ended_at = now(), end_reason = 'logout' WHERE ended_at IS NULL`);
    app.clock.advance(21 * 60);
    hold();
    const read = client.get('/api/auth/users/me');
    read.catch(() => undefined);
    await waitFor(() => arrived.count === 1);
    const late = client.post('/api/auth/logout-all');
    late.catch(() => undefined);
    release();
    await expect(read).rejects.toMatchObject({ problem: { status: 401 } });
    await expect(late).rejects.toMatchObject({ problem: { status: 401 } });
  });

  it('of a login, leaves nothing to a sign-out that was called just before it', async () => {
    const { client, signedOut } = aSlowClient('/login');
    await client.signIn(as('asha'));
    await Promise.all([client.signOut(), client.signIn(as('bina'))]);
    expect(signedOut()).toBe(0);
    app.clock.advance(21 * 60);
    expect((await client.get('/api/auth/users/me')).username).toBe('bina');
  });

  it('of a login, that breaks off leaves no one signed in', async () => {
    const { client, breakOff, signedOut } = aSlowClient('/login');
    await client.signIn(as('asha'));
    breakOff();
    await expect(client.signIn(as('bina'))).rejects.toThrow('terminated');
    expect(signedOut()).toBe(1);
    await expect(client.get('/api/auth/users/me')).rejects.toMatchObject({ problem: { status: 401 } });
  });

  it('after the sign-in of another user, is not asked for again in the name of that one', async () => {
    const { client, hold, release, arrived } = aSlowClient('/api/tags');
    await client.signIn(as('asha'));
    app.clock.advance(21 * 60);
    hold();
    const late = client.post('/api/tags', { body: { name: 'asha was here' } });
    late.catch(() => undefined);
    await waitFor(() => arrived.count === 1);
    await client.signOut();
    await client.signIn(as('bina'));
    release();
    await expect(late).rejects.toMatchObject({ problem: { code: 'invalid_token' } });
    expect(arrived.count).toBe(1);
  });
});
