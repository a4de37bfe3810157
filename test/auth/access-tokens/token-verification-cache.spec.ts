import request from 'supertest';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';
import { waitFor } from '../../support/wait-for.js';

let app: TestApp;
let manager: TestActor;

beforeAll(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager');
});
afterAll(() => app.stop());

const ask = (token: string, path = '/api/auth/users/me') =>
  request(app.server).get(path).auth(token, { type: 'bearer' });

describe('a token whose signature was verified once', () => {
  it('is refused once its session has ended', async () => {
    const dev = await anActor(app, 'developer');
    expect([(await ask(dev.token)).status, (await ask(dev.token)).status]).toEqual([200, 200]);
    await as(dev).post('/api/auth/logout');
    expect((await ask(dev.token)).status).toBe(401);
  });

  it('is refused once it has expired', async () => {
    const { token } = await anActor(app, 'developer');
    expect([(await ask(token)).status, (await ask(token)).status]).toEqual([200, 200]);
    app.clock.advance(24 * 3600);
    expect((await ask(token)).status).toBe(401);
    app.clock.reset();
  });

  it('says nothing for one that differs in its last letter', async () => {
    const { token } = await anActor(app, 'developer');
    expect((await ask(token)).status).toBe(200);
    const [head = '', body = '', signature = ''] = token.split('.');
    const other = signature.startsWith('A') ? 'B' : 'A';
    expect((await ask([head, body, other + signature.slice(1)].join('.'))).status).toBe(401);
    expect((await ask([head, `${body}A`, signature].join('.'))).status).toBe(401);
  });

  it('returns the present name, role and zone of its user', async () => {
    const dev = await anActor(app, 'developer');
    expect((await ask(dev.token, '/api/audit/entries')).status).toBe(403);
    await as(manager).patch(`/api/auth/users/${dev.id}`, { role: 'auditor', reason: 'Promoted' });
    expect((await ask(dev.token, '/api/audit/entries')).status).toBe(200);
  });
});

describe('names of people in lists', () => {
  const named = async (id: number) =>
    ((await ask(manager.token, `/api/tasks?assigned_to=${id}&limit=5`)).body as { assigned_to_user: string }[])[0]
      ?.assigned_to_user;

  it('are the present ones after a change by any path', async () => {
    const dev = await anActor(app, 'developer');
    await as(manager).post('/api/tasks', {
      ...{ title: 'Named', assigned_to: dev.id, estimated_hours: 1, deadline: '2030-01-01T00:00:00Z' },
    });
    expect(await named(dev.id)).toBe(dev.username);
    await app.rows(sql`UPDATE users SET username = 'somebody "else" \u2028' WHERE id = ${dev.id}`);
    await waitFor(async () => (await named(dev.id)) !== dev.username);
    expect(await named(dev.id)).toBe('somebody "else" \u2028');
  });
});

describe('a list whose statement is prepared', () => {
  it('answers the same query alike, and another one as another', async () => {
    const ids = async (query: string) =>
      ((await ask(manager.token, `/api/tasks?${query}`)).body as { id: number }[]).map(({ id }) => id);
    await aTask(app, manager.id);
    const first = await ids('limit=1&sort=id');
    expect(await ids('limit=1&sort=id')).toEqual(first);
    await as(manager).post('/api/tasks', {
      ...{ title: 'Later', assigned_to: manager.id, estimated_hours: 1, deadline: '2030-01-01T00:00:00Z' },
    });
    expect((await ids('limit=1&sort=-id'))[0]).toBeGreaterThan(first[0] as number);
    expect(await ids('limit=1&sort=id')).toEqual(first);
    for (let n = 0; n < 2; n++) expect((await ask(manager.token, '/api/tasks?limit=0')).status).toBe(422);
  });
});
