import { connect } from 'node:net';
import { anActor, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { listening } from '../support/live.js';

describe('the Link to the next page', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    for (let i = 0; i < 3; i++) await aTask(app, manager.id);
  });
  afterAll(() => app.stop());

  const linkOf = async (headers: Record<string, string>, on = app) => {
    const url = '/api/tasks?limit=1';
    const authorization = `Bearer ${manager.token}`;
    const answer = await on.nest.inject({ method: 'GET', url, headers: { authorization, ...headers } });
    return /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link))?.[1]?.replace(/cursor=.*/, 'cursor=');
  };
  const NEXT = '/api/tasks?limit=1&cursor=';

  it('has the address that the client has used', async () => {
    expect(await linkOf({ host: 'localhost:8000' })).toBe(`http://localhost:8000${NEXT}`);
    expect(await linkOf({ host: '[::1]:8000' })).toBe(`http://[::1]:8000${NEXT}`);
  });

  it('has the scheme of the page that asks, where a proxy that ends TLS does not forward it', async () => {
    const host = 'ctms.example.org';
    expect(await linkOf({ host, origin: 'https://ctms.example.org' })).toBe(`https://ctms.example.org${NEXT}`);
  });

  it('leads to no other host than the one asked, and is relative where HTTP/1.0 names none', async () => {
    expect(await linkOf({ host: 'a.example', 'x-forwarded-host': 'evil.example' })).toBe(`http://a.example${NEXT}`);
    const { port } = new URL((await listening(app)).replace('ws', 'http'));
    const head = `GET /api/tasks?limit=1 HTTP/1.0\r\nAuthorization: Bearer ${manager.token}\r\n\r\n`;
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(head));
    let answer = '';
    for await (const data of socket) answer += String(data);
    expect(/^link: <([^>]*cursor=)/im.exec(answer)?.[1]).toBe(NEXT);
  });

  it('has the public origin of that host, and what a trusted proxy passes on', async () => {
    const env = { PUBLIC_ORIGINS: 'https://ctms.example.org', TRUSTED_PROXIES: '127.0.0.1' };
    const proxied = await TestApp.start(env, app);
    const forwarded = { 'x-forwarded-host': 'ctms.example.org' };
    expect(await linkOf({ host: 'backend:8000', ...forwarded }, proxied)).toBe(`https://ctms.example.org${NEXT}`);
    await proxied.stop();
  });
});
