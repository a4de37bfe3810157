import { JobQueue } from '../../src/infrastructure/jobs/job-queue.service.js';
import { Mailer } from '../../src/infrastructure/mail/mailer.js';
import { as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { Device, PASSWORD } from '../support/device.js';
import { SECOND_FACTOR, SecondFactorOf } from '../support/second-factor.js';
import { waitFor } from '../support/wait-for.js';

const NEXT = 'another fine phrase';
const WRONG = 'wrong horse battery';

/** Every row of every table, that of the job queue included, as text. */
async function everything(app: TestApp): Promise<Map<string, string>> {
  const tables = await app.rows<{ name: string }>(
    sql`SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
      WHERE table_schema IN ('public', 'pgboss') AND table_type = 'BASE TABLE'`,
  );
  const dump = new Map<string, string>();
  for (const { name } of tables) {
    const statement = sql([`SELECT coalesce(string_agg(t::text, ' '), '') AS text FROM ${name} t`]);
    dump.set(name, (await app.rows<{ text: string }>(statement))[0]?.text ?? '');
  }
  return dump;
}

/** A mail that waits, since the server refuses it and repeats it; its token is used all the same. */
async function resetByMail(app: TestApp, device: Device, secrets: Set<string>): Promise<void> {
  const tokens: string[] = [];
  app.nest.get(Mailer).send = async ({ text }) => {
    tokens.push(...[...text.matchAll(/token=(\S+)/g)].map(([, token]) => token as string));
    throw new Error(`451 try again later: ${text}`);
  };
  await device.post('/api/auth/password/forgot', { email: 'secretive@mail.test' });
  await app.nest.get(JobQueue).start();
  const waiting = () =>
    app.rows(sql`SELECT FROM pgboss.job WHERE name = 'mail' AND state = 'retry' AND output IS NOT NULL`);
  await waitFor(async () => tokens.length === 2 && (await waiting()).length >= 2);
  // One for the new address, one for the password.
  expect(tokens).toHaveLength(2);
  tokens.forEach((token) => secrets.add(token));
  for (const token of tokens)
    await device.post('/api/auth/password/reset', { token, new_password: 'a third fine phrase' });
  secrets.add('a third fine phrase');
  expect(await app.rows(sql`SELECT FROM password_reset_tokens WHERE used_at IS NOT NULL`)).toHaveLength(1);
}

/** @returns its secret and, in either way of writing, its recovery codes */
async function aSecondFactor(device: Device): Promise<string[]> {
  const factor = await SecondFactorOf.begin(device);
  await device.login('secretive', PASSWORD, factor.code());
  const codes = await factor.confirm();
  await device.post(`${SECOND_FACTOR}/recovery-codes`, { current_password: PASSWORD, code: codes[0] });
  await device.delete(SECOND_FACTOR, { current_password: PASSWORD, code: codes[1] });
  return [factor.secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))];
}

describe('secrets', () => {
  it('are in no table and no log: neither passwords nor tokens, nor hashes in the audit', async () => {
    const app = await TestApp.start({ LOG_LEVEL: 'debug' });
    const secrets = new Set([PASSWORD, NEXT, WRONG, '1234567890123']);
    const device = new Device(app);
    const keep = (answer: { body: { access?: string; verification_token?: string } }) => {
      for (const secret of [answer.body.access, answer.body.verification_token, device.cookies.get('refresh_token')])
        if (secret) secrets.add(secret);
      // A token that a refresh has followed is not renewed.
      device.access = answer.body.access ?? device.access;
    };
    const account = { username: 'secretive', email: 'secretive@mail.test', password: PASSWORD };
    await device.post('/api/auth/register', { ...account, password: '1234567890123' });
    const signUp = await device.post('/api/auth/register', account);
    keep(signUp);
    await device.post('/api/auth/register', account);
    await device.post('/api/auth/register', { ...account, pasword: WRONG });
    await device.post('/api/auth/verify-email', { token: signUp.body.verification_token });
    await device.post('/api/auth/verify-email', { token: signUp.body.verification_token });
    await device.login('secretive', WRONG);
    keep(await device.login('secretive'));
    keep(await device.refresh());
    keep(await device.refresh());
    app.clock.advance(19 * 60);
    const renewed = await device.get('/api/auth/users/me');
    expect(renewed.headers['x-new-access-token']).toBeDefined();
    secrets.add(renewed.headers['x-new-access-token'] as string);
    await device.get(`/api/tasks?token=${device.access}&limit=x`);
    await device.get(`/api/auth/users/me?access=${device.access}`);
    for (const secret of await aSecondFactor(device)) secrets.add(secret);
    keep(await device.post('/api/auth/password/change', { old_password: WRONG, new_password: NEXT }));
    keep(await device.post('/api/auth/password/change', { old_password: PASSWORD, new_password: NEXT }));
    const me = await as(app).patch(
      '/api/auth/users/me',
      { email: 'x@mail.test' },
      { Authorization: `Bearer ${device.access}` },
    );
    expect(me.status).toBe(200);
    expect(me.body.verification_token).toBeDefined();
    secrets.add(me.body.verification_token as string);
    await device.post('/api/auth/logout');
    await resetByMail(app, device, secrets);
    await app.flushed();

    expect(secrets.size).toBeGreaterThanOrEqual(13);
    const dump = await everything(app);
    const stored = await app.rows<{ hash: string }>(sql`SELECT hashed_password AS hash FROM users
    UNION SELECT refresh_token_hash FROM user_sessions UNION SELECT refresh_salt FROM user_sessions
    UNION SELECT token_hash FROM email_verification_tokens UNION SELECT token_salt FROM email_verification_tokens
    UNION SELECT code_hash FROM recovery_codes UNION SELECT second_factor_secret FROM users WHERE second_factor_secret IS NOT NULL
    UNION SELECT token_hash FROM password_reset_tokens UNION SELECT token_salt FROM password_reset_tokens`);
    expect(stored.length).toBeGreaterThanOrEqual(9);
    await app.stop();
    expect(dump.get('public.audit_trail')).toContain('user.password_changed');
    expect(dump.get('public.api_audit_logs')).toContain('/api/auth/password/change');

    const places = new Map([...dump, ['the log', app.log.join('\n')]]);
    const found = [...places].flatMap(([place, text]) =>
      [...secrets].filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${place}`),
    );
    expect(found).toEqual([]);
    for (const place of ['public.audit_trail', 'public.api_audit_logs', 'pgboss.job', 'the log']) {
      for (const { hash } of stored) expect([place, places.get(place)?.includes(hash)]).toEqual([place, false]);
    }
  });
});
