import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';
import { listening, LiveClient } from '../../support/live.js';

let app: TestApp;
let url: string;
let developer: TestActor;

beforeAll(async () => {
  app = await TestApp.start();
  url = await listening(app);
  developer = await anActor(app, 'developer');
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

async function aTicket(who = developer): Promise<string> {
  const { status, body } = await as(who).post('/api/auth/socket-ticket');
  expect([status, body]).toEqual([201, { ticket: expect.stringMatching(/^[\w-]{43}$/) as string, expires_in: 30 }]);
  return (body as { ticket: string }).ticket;
}
const open = (ticket: string, to = url) => new LiveClient(`${to}?ticket=${ticket}`);
/** @returns `live` where the socket gets messages; else the code that it is closed with */
async function outcome(client: LiveClient): Promise<number | 'live'> {
  await client.opened;
  client.say({ action: 'mark_all_read' });
  const live = new Promise<'live'>((resolve) => client.socket.once('message', () => resolve('live')));
  const answer = await Promise.race([live, client.closed.then(({ code }) => code)]);
  client.socket.close();
  return answer;
}

describe('a WebSocket ticket', () => {
  it('opens one socket', async () => {
    const ticket = await aTicket();
    expect(await outcome(open(ticket))).toBe('live');
    expect(await outcome(open(ticket))).toBe(4001);
  });

  it('opens one of ten sockets that come at once', async () => {
    const ticket = await aTicket();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcome(open(ticket))));
    expect(outcomes.filter((one) => one === 'live')).toHaveLength(1);
    expect(outcomes.filter((one) => one === 4001)).toHaveLength(9);
  });

  it('is good for 30 seconds', async () => {
    app.clock.hold();
    const [first, second] = [await aTicket(), await aTicket()];
    app.clock.advance(29);
    expect(await outcome(open(first))).toBe('live');
    app.clock.advance(2);
    expect(await outcome(open(second))).toBe(4001);
    await aTicket();
    expect(await app.rows(sql`SELECT FROM socket_tickets`)).toHaveLength(1);
  });

  it.each(['', 'x', 'A'.repeat(43), "' OR true --"])('%s opens none', async (ticket) => {
    expect(await outcome(open(encodeURIComponent(ticket)))).toBe(4001);
  });

  it('ends with the session that it was issued for', async () => {
    const other = await anActor(app, 'auditor');
    const ticket = await aTicket(other);
    await as(other).post('/api/auth/logout');
    expect(await outcome(open(ticket))).toBe(4001);
  });

  it('opens a socket that ends with the access token', async () => {
    const client = open(await aTicket());
    await client.opened;
    client.say({ action: 'mark_all_read' });
    await new Promise((resolve) => client.socket.once('message', resolve));
    app.clock.advance(20 * 60 + 2);
    expect(await client.closed).toEqual({ code: 4001, reason: 'token_expired' });
  });

  it('is for those who are signed in, is stored as a hash, and reaches no log', async () => {
    expect((await as(app).post('/api/auth/socket-ticket')).status).toBe(401);
    const ticket = await aTicket();
    const rows = await app.rows<{ text: string }>(sql`SELECT t::text AS text FROM socket_tickets t`);
    expect(rows.map(({ text }) => text).join()).not.toContain(ticket);
    await outcome(open(ticket));
    await app.flushed();
    const logged = await app.rows<{ text: string }>(sql`SELECT l::text AS text FROM api_audit_logs l`);
    expect(`${logged.map(({ text }) => text).join()}${app.log.join()}`).not.toContain(ticket);
  });
});

describe('with two replicas', () => {
  it('a ticket of one opens a socket on the other, which may refuse tokens in addresses', async () => {
    const strict = await TestApp.start({ WEBSOCKET_TOKEN_IN_URL: 'false' }, app);
    const elsewhere = await listening(strict);
    await aTask(app, developer.id);
    expect(await outcome(open(await aTicket(), elsewhere))).toBe('live');
    expect(await outcome(LiveClient.of(developer, url))).toBe('live');
    const refused = LiveClient.of(developer, elsewhere);
    expect(await outcome(refused)).toBe(4001);
    const header = new LiveClient(elsewhere, { Authorization: `Bearer ${developer.token}` });
    expect(await outcome(header)).toBe('live');
    await strict.stop();
  });
});
