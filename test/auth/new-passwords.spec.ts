import { type Response } from 'supertest';
import { as } from '../support/actors.js';
import { type TestApp } from '../support/app.js';
import { startWithMailbox } from '../support/app-with-mailbox.js';
import { aMember, Device, PASSWORD } from '../support/device.js';
import { type Mailbox, tokenIn } from '../support/mailbox.js';

const OF_THE_PRODUCT = 'orchidee-2026';
let app: TestApp;
let mailbox: Mailbox;

beforeAll(async () => {
  ({ app, mailbox } = await startWithMailbox({ APP_NAME: 'Orchidee' }));
});
afterAll(() => app.stop());

const register = (username: string, password: string) =>
  as(app).post('/api/auth/register', { username, email: `${username}@mail.test`, password });

/** Every way in which somebody chooses a password. */
const WAYS: readonly (readonly [way: string, field: string, choose: (password: string) => Promise<Response>])[] = [
  ['a sign-up', 'password', (password) => register('signing-up', password)],
  [
    'the link of a sign-up',
    'password',
    async (password) => {
      const { body } = await register(`linked-${password.length}`, PASSWORD);
      return as(app).post('/api/auth/verify-email', { token: body.verification_token, password });
    },
  ],
  [
    'a change',
    'new_password',
    async (new_password) => {
      const device = new Device(app);
      await aMember(app, `changing-${new_password.length}`);
      await device.login(`changing-${new_password.length}`);
      return device.post('/api/auth/password/change', { old_password: PASSWORD, new_password });
    },
  ],
  [
    'the link of a forgotten password',
    'new_password',
    async (new_password) => {
      const name = `forgetting-${new_password.length}`;
      await aMember(app, name);
      await as(app).post('/api/auth/password/forgot', { email: `${name}@mail.test` });
      const [mail] = await mailbox.to(`${name}@mail.test`, 1, 'Choose a new password');
      return as(app).post('/api/auth/password/reset', { token: tokenIn(mail!), new_password });
    },
  ],
];

describe('a password that is chosen', () => {
  it.each(WAYS)('by %s is not the name of the product with a year', async (_way, field, choose) => {
    const { status, body } = await choose(OF_THE_PRODUCT);
    expect([status, body.errors]).toMatchObject([422, [{ field, code: 'weak_password' }]]);
    expect((await choose('a phrase of no such kind')).status).toBeLessThan(300);
  });
});
