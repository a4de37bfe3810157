import { NotificationGateway } from '../../src/notifications/websocket/notification.gateway.js';
import { anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { Device, PASSWORD } from '../support/device.js';
import { listening, LiveClient } from '../support/live.js';
import { anAddress, BEHIND_PROXY, solved } from '../support/logins.js';
import { aCautiousOwner, anOwner, SECOND_FACTOR, SecondFactorOf } from '../support/second-factor.js';
import { framesOf, received, streaming } from '../support/task-stream.js';
import { waitFor } from '../support/wait-for.js';

const ME = '/api/auth/users/me';
const refused = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

describe('SECOND_FACTOR_REQUIRED_FOR', () => {
  let strict: TestApp;
  let url: string;

  beforeAll(async () => {
    strict = await TestApp.start({ SECOND_FACTOR_REQUIRED_FOR: 'manager,auditor', CREDENTIAL_FAILURE_STATUS: '400' });
    url = await listening(strict);
  });
  afterAll(() => strict.stop());

  it('lets who has none use the own account only, until it is set up', async () => {
    const { device, username, userId } = await anOwner(strict);
    expect((await device.get('/api/tasks')).status).toBe(200);
    await strict.rows(sql`UPDATE users SET role = 'manager' WHERE id = ${userId}`);
    // The replica hears of it by a notice of the database.
    await waitFor(async () => (await device.get('/api/tasks')).status === 403);
    for (const path of ['/api/tasks', '/api/auth/users', '/api/notifications', '/api/analytics', '/api/tags'])
      expect([path, ...refused(await device.get(path))]).toEqual([path, 403, 'second_factor_enrolment_required']);
    const ticket = await device.post('/api/auth/socket-ticket');
    expect(refused(ticket)).toEqual([403, 'second_factor_enrolment_required']);
    const socket = new LiveClient(`${url}?token=${device.access}`);
    expect(await socket.closed).toEqual({ code: 4001, reason: 'second_factor_enrolment_required' });
    for (const path of [ME, '/api/auth/sessions', SECOND_FACTOR])
      expect([path, (await device.get(path)).status]).toEqual([path, 200]);
    expect((await device.get(SECOND_FACTOR)).body).toMatchObject({ active: false, required: true });
    const factor = await SecondFactorOf.begin(device);
    await factor.confirm();
    expect((await device.get('/api/tasks')).status).toBe(200);
    // Clients whose interceptor catches 401 get the other status here, too.
    expect(refused(await device.login(username))).toEqual([400, 'second_factor_required']);
    expect((await device.delete(SECOND_FACTOR, { current_password: PASSWORD, code: factor.code() })).status).toBe(204);
    expect((await device.get('/api/tasks')).body.code).toBe('second_factor_enrolment_required');
  });

  it('closes the socket of a user who must set one up by now, and sends it no tasks until then', async () => {
    strict.clock.set('2026-12-01T10:00:00Z');
    const manager = await anActor(strict, 'manager');
    const { aDeveloper, subscribed, give, closeAll } = streaming(() => ({ app: strict, url, manager }));
    const [developer, witness] = [await aDeveloper(), await aDeveloper()];
    const [promoted, other] = [await subscribed(developer), await subscribed(witness)];
    await strict.rows(sql`UPDATE users SET role = 'manager' WHERE id = ${developer.id}`);
    await waitFor(async () => (await as(developer).get('/api/tasks')).status === 403);
    await give(witness, witness);
    expect([await received(other, 1), framesOf(promoted)]).toMatchObject([[{ change: 'created' }], []]);
    await strict.nest.get(NotificationGateway).sweep();
    expect(await promoted.closed).toEqual({ code: 4001, reason: 'second_factor_enrolment_required' });
    await closeAll();
    strict.clock.reset();
  });

  it('leaves the other roles as they are', async () => {
    const developer = await anActor(strict, 'developer');
    expect((await as(developer).get('/api/tasks')).status).toBe(200);
  });
});

// Last, as each application replaces the strategy by which the others read access tokens.
describe('the login protection', () => {
  let guarded: TestApp;

  beforeAll(async () => {
    guarded = await TestApp.start(BEHIND_PROXY);
  });
  afterAll(() => guarded.stop());

  it('counts wrong codes like wrong passwords', async () => {
    const { username, factor } = await aCautiousOwner(guarded);
    const thief = new Device(guarded);
    thief.headers = { 'X-Forwarded-For': anAddress() };
    for (let n = 0; n < 5; n++) await thief.login(username, PASSWORD, factor.wrongCode());
    const challenged = await thief.login(username, PASSWORD, factor.code());
    thief.headers['X-Captcha-Answer'] = solved(challenged);
    expect((await thief.login(username, PASSWORD, factor.code())).status).toBe(200);
  });
});
