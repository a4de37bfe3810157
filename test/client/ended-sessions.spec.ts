import { createClient, type Send } from '../../client/src/index.js';
import { TestApp } from '../support/app.js';
import { aMember, Device, PASSWORD } from '../support/device.js';
import { problemOf } from './problem-of.js';

let app: TestApp;
let baseUrl: string;

beforeAll(async () => {
  app = await TestApp.start({ MAX_SESSIONS_PER_USER: '1' });
  await app.nest.listen(0, '127.0.0.1');
  baseUrl = await app.nest.getUrl();
});
afterAll(() => app.stop());

async function signedIn(username: string, send: Send = fetch) {
  await aMember(app, username);
  const ends = { count: 0 };
  const client = createClient({ baseUrl, fetch: send, onSignedOut: () => ends.count++ });
  await client.signIn({ username, password: PASSWORD });
  return { client, ends };
}

describe('a session of the client', () => {
  it('lives on where the server could not end it, and ends with the next attempt', async () => {
    let failures = 1;
    const { client, ends } = await signedIn('asha', async (request) =>
      request.url.endsWith('/logout') && failures-- > 0 ? new Response('{}', { status: 503 }) : fetch(request),
    );
    expect((await problemOf(client.signOut())).status).toBe(503);
    expect(ends.count).toBe(0);
    expect((await client.get('/api/auth/users/me')).username).toBe('asha');
    await client.signOut();
    expect([ends.count, await client.restore()]).toEqual([1, false]);
  });

  it('ends, once, where a sign-in on another device has replaced it', async () => {
    const { client, ends } = await signedIn('bina');
    await new Device(app).login('bina');
    const answers = await Promise.all([1, 2].map(() => problemOf(client.get('/api/auth/users/me'))));
    expect(answers.map(({ code }) => code)).toEqual(['session_replaced', 'session_replaced']);
    expect(ends.count).toBe(1);
  });
});
