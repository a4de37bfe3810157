import { as, signedIn } from '../../support/actors.js';
import { sql, type TestApp } from '../../support/app.js';
import { startWithMailbox } from '../../support/app-with-mailbox.js';
import { aMember, Device, PASSWORD } from '../../support/device.js';
import { aUser } from '../../support/factories.js';
import { type Mailbox } from '../../support/mailbox.js';
import { waitFor } from '../../support/wait-for.js';

let app: TestApp;
let mailbox: Mailbox;

beforeAll(async () => {
  ({ app, mailbox } = await startWithMailbox());
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

const settled = () =>
  waitFor(
    async () => (await app.rows(sql`SELECT FROM pgboss.job WHERE name = 'mail' AND state < 'completed'`)).length === 0,
  );
const notices = async (address: string) => {
  await settled();
  return mailbox.received.filter(({ to, subject }) => to === address && !subject.startsWith('Verify'));
};

describe('a security alert', () => {
  it('reports an unknown device, but not the first one ever, nor a known one', async () => {
    await aMember(app, 'devices');
    const [first, second] = [new Device(app), new Device(app, 'curl/8.5.0')];
    await first.login('devices');
    await first.login('devices');
    // Signed out, it has lost the cookie by which it was known, but is the same browser at the same address.
    await first.post('/api/auth/logout');
    await first.login('devices');
    expect(await notices('devices@mail.test')).toEqual([]);
    await second.login('devices', 'wrong horse battery');
    await second.login('devices');
    await second.login('devices');
    const mails = await notices('devices@mail.test');
    expect(mails.map(({ subject }) => subject)).toEqual(['A new device has signed in']);
    expect(mails[0]?.text).toMatch(
      /: curl \(IP address [\d.:a-f]+\), on \d+ \w+ \d{4} at \d\d:\d\d \(Asia\/Kolkata\)\./,
    );
  });

  it('is not harmed by the name that a device gives itself', async () => {
    await aMember(app, 'named');
    await new Device(app).login('named');
    await new Device(app, `<b>${'x'.repeat(200)}`).login('named');
    const [mail] = await notices('named@mail.test');
    expect(mail?.html).toContain(`: &lt;b&gt;${'x'.repeat(57)} (`);
  });

  it('reports a refresh token that comes twice', async () => {
    await aMember(app, 'reused');
    const device = new Device(app);
    await device.login('reused');
    const stolen = device.cookies.get('refresh_token');
    await device.refresh();
    await device.refresh();
    expect(await notices('reused@mail.test')).toEqual([]);
    expect((await device.refresh(stolen)).body.code).toBe('refresh_token_reused');
    const mails = await notices('reused@mail.test');
    expect(mails.map(({ subject }) => subject)).toEqual(['A session of yours was ended for safety']);
    expect(mails[0]?.text).toContain('The session on Firefox on Linux');
  });

  it('reports a changed password, and not an unchanged one', async () => {
    await aMember(app, 'password');
    const device = new Device(app);
    await device.login('password');
    const change = (old_password: string) =>
      device.post('/api/auth/password/change', { old_password, new_password: 'another fine phrase' });
    await change('wrong horse');
    expect(await notices('password@mail.test')).toEqual([]);
    expect((await change(PASSWORD)).status).toBe(200);
    expect((await notices('password@mail.test')).map(({ subject }) => subject)).toEqual(['Your password was changed']);
  });

  it('goes to the old address when the new one has replaced it, not before', async () => {
    const user = await signedIn(app, await aUser(app, 'auditor', { username: 'mover' }));
    const { body } = await as(user).patch('/api/auth/users/me', { email: 'new@mail.test' });
    expect(await notices('mover@example.org')).toEqual([]);
    await as(app).post('/api/auth/verify-email', { token: body.verification_token });
    const mails = await notices('mover@example.org');
    expect(mails.map(({ subject }) => subject)).toEqual(['The e-mail address of your account was changed']);
    expect(mails[0]?.raw).not.toContain('new@mail.test');
    expect(await notices('new@mail.test')).toEqual([]);
  });
});
