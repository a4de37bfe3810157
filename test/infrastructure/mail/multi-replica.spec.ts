import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type SMTPServerOptions } from 'smtp-server';
import { PASSWORD } from '../../support/device.js';
import { Mailbox } from '../../support/mailbox.js';
import { waitFor } from '../../support/wait-for.js';
import { startProduct, type Product } from '../../support/product.js';

const register = (product: Product, username: string) =>
  fetch(`${product.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, email: `${username}@mail.test`, password: PASSWORD }),
  });

describe('mail with several replicas', () => {
  it('is sent once by another replica when the sending one is killed', async () => {
    const mailbox = await Mailbox.open();
    const env = { ...mailbox.env, JOB_TIMEOUT_SECONDS: '20' };
    const first = await startProduct(env);
    mailbox.troubles.push('silence');
    expect((await register(first, 'survivor')).status).toBe(201);
    await waitFor(() => mailbox.stalled === 1);
    await first.kill();
    expect(mailbox.received).toEqual([]);

    const second = await startProduct(env, first);
    const database = new Client({ connectionString: first.database.ownerUrl });
    await database.connect();
    // No waiting before the second try.
    const hurry = () =>
      database.query(`UPDATE pgboss.job SET start_after = now() WHERE name = 'mail' AND state = 'retry'`);
    await waitFor(async () => (await hurry(), mailbox.received.length > 0), 60_000);
    const completed = `SELECT FROM pgboss.job WHERE name = 'mail' AND state = 'completed'`;
    await waitFor(async () => (await database.query(completed)).rowCount === 1);
    expect((await database.query(completed)).rowCount).toBe(1);
    await database.end();
    expect(mailbox.received.map(({ to }) => to)).toEqual(['survivor@mail.test']);
    expect(new Set(mailbox.tried)).toEqual(new Set([mailbox.received[0]?.messageId]));
    await second.stop();
    await first.database.drop();
    await mailbox.close();
  }, 150_000);

  it('warns in production without SMTP, and reveals no token in responses or logs', async () => {
    const SECRET_KEY = 'b8Xv2Qm5Zr9Kt4Wn7Lp1Hd6Fs3Gj0Yc8Ae5Ru2';
    const product = await startProduct({ ENVIRONMENT: 'production', SECRET_KEY, LOG_LEVEL: 'debug' });
    const answer = await register(product, 'unheard');
    expect(await answer.json()).toMatchObject({ verification_token: null });
    await waitFor(() => product.output().includes('--- mail to unheard@mail.test'));
    expect(product.output()).toContain('EMAIL_BACKEND is console: no mail is sent');
    expect(product.output()).toContain('/verify-email?token=***\n');
    expect(product.output()).not.toMatch(/token=[^*]/);
    await product.stop();
  }, 90_000);

  function certificate(): { key: string; cert: string; file: string } | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'ctms-tls-'));
    const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    try {
      const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
      execFileSync('openssl', [...request, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', file], {
        stdio: 'ignore',
      });
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(file, 'utf8'), file };
    } catch {
      return undefined;
    }
  }

  describe('encrypted', () => {
    const tls = certificate();
    const signIn: SMTPServerOptions['onAuth'] = ({ username, password }, _session, done) =>
      done(null, username === 'ctms' && password === 'smtp-pass' ? { user: username } : {});
    const secret = { SMTP_TLS: 'true', SMTP_USER: 'ctms', SMTP_PASSWORD: 'smtp-pass' };

    // Without openssl there is no certificate to test with.
    (tls ? it : it.skip)(
      'signs in over STARTTLS, where the certificate is one that it trusts',
      async () => {
        const server = { ...tls, disabledCommands: [], authOptional: false, onAuth: signIn };
        const mailbox = await Mailbox.open(server);
        const trusting = await startProduct({ ...mailbox.env, ...secret, NODE_EXTRA_CA_CERTS: tls!.file });
        await register(trusting, 'trusting');
        expect(await mailbox.to('trusting@mail.test')).toMatchObject([{ secure: true, user: 'ctms' }]);
        await trusting.stop();
        const wary = await startProduct({ ...mailbox.env, ...secret });
        await register(wary, 'wary');
        await waitFor(() => wary.output().includes('The mail was not sent: '));
        expect(wary.output()).toContain('The mail was not sent: self-signed certificate');
        expect(wary.output()).not.toContain('smtp-pass');
        expect(mailbox.received).toHaveLength(1);
        await wary.stop();
        await mailbox.close();
      },
      60_000,
    );

    it('sends nothing over a connection that cannot be encrypted', async () => {
      const mailbox = await Mailbox.open();
      const product = await startProduct({ ...mailbox.env, SMTP_TLS: 'true' });
      await register(product, 'plain');
      await waitFor(() => product.output().includes('The mail was not sent: '));
      expect(product.output()).toContain('The mail was not sent: ');
      expect(mailbox.tried).toEqual([]);
      await product.stop();
      await mailbox.close();
    }, 90_000);
  });
});
