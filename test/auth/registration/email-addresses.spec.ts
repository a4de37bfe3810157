import { anActor, as } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { PASSWORD } from '../../support/device.js';

let app: TestApp;
let names = 0;

beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const register = (email: string) =>
  as(app).post('/api/auth/register', { username: `signer${++names}`, email, password: PASSWORD });

describe('an e-mail address', () => {
  it.each([
    'asha@example.org',
    'ASHA+ctms@Example.ORG',
    '"asha.k"@example.org',
    'asha@münchen.example.org',
    'asha@xn--mnchen-3ya.example.org',
    'आशा@उदाहरण.org',
  ])('is taken as its mailbox is written: %s', async (email) => {
    expect((await register(email)).status).toBe(201);
  });

  const OTHER_WAYS = [
    ['a circled letter', 'victim@ⓔxample.org'],
    ['a ligature', 'victim@of\ufb01ce.example.org'],
    ['a soft hyphen', 'victim@exam\u00adple.org'],
    ['a blank of no width', 'victim@exam\u200bple.org'],
    ['a variation selector', 'victim@exam\ufe0fple.org'],
    ['a soft hyphen before the @', 'vic\u00adtim@example.org'],
    ['an override of direction', 'vic\u202etim@example.org'],
    ['a line break in quotes', '"a\r\nBcc: b"@example.org'],
    ['a blank in quotes', '"a b"@example.org'],
    ['an escape sequence', '"a\u001b[2J"@example.org'],
    ['an ideographic blank', 'vic\u3000tim@example.org'],
  ] as const;

  it.each(OTHER_WAYS)('has one way to be written, and none with %s', async (_, email) => {
    const actor = await anActor(app, 'manager');
    for (const answer of [
      await register(email),
      await as(app).post('/api/auth/password/forgot', { email }),
      await as(app).post('/api/auth/verify-email/resend', { email }),
      await as(actor).patch('/api/auth/users/me', { email }),
    ]) {
      expect([answer.status, answer.body.errors]).toEqual([
        422,
        [expect.objectContaining({ field: 'email', code: 'is_canonical_address' })],
      ]);
    }
  });
});
