import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Client } from 'pg';
import { connected, newDatabase, type TestDatabase } from '../support/database.js';
import { TestApp } from '../support/app.js';
import { as } from '../support/actors.js';

const SCRIPT = join(__dirname, '../../dist/cli/create-user.command.js');

describe('npm run user:create', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await newDatabase();
    app = await TestApp.start({}, { database });
  });
  afterAll(async () => {
    await app.stop();
    await database.drop();
  });

  async function create(...args: string[]) {
    const env = { ...process.env, DATABASE_URL: database.url, ENVIRONMENT: 'test', BCRYPT_COST: '4' };
    const ended = await promisify(execFile)(process.execPath, [SCRIPT, ...args], { env, timeout: 30_000 }).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return { code: 'code' in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr };
  }
  const named = (username: string, ...more: string[]) =>
    create('--username', username, '--email', `${username}@example.org`, ...more);
  const row = (username: string) =>
    connected(database.ownerUrl, async (client: Client) => {
      const { rows } = await client.query('SELECT * FROM users WHERE username = $1', [username]);
      return rows[0] as Record<string, unknown> | undefined;
    });

  it('prints an account with its generated password as JSON; it is active and verified', async () => {
    const { code, stdout } = await named('asha', '--role', 'manager', '--timezone', 'Europe/Berlin');
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const printed = JSON.parse(stdout) as Record<string, unknown>;
    expect(printed).toEqual({
      id: expect.any(Number) as number,
      username: 'asha',
      role: 'manager',
      password: expect.stringMatching(/^[\w-]{20}$/) as string,
    });
    expect(await row('asha')).toMatchObject({
      id: printed.id,
      role: 'manager',
      timezone: 'Europe/Berlin',
      email_verified: true,
      is_active: true,
    });
    const { status } = await as(app).post('/api/auth/login', { username: 'asha', password: printed.password });
    expect(status).toBe(200);
  }, 60_000);

  it('does not print a password that was given', async () => {
    const { code, stdout } = await named('ravi', '--role', 'auditor', '--password', 'a long walk at noon');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ id: expect.any(Number) as number, username: 'ravi', role: 'auditor' });
    expect(await row('ravi')).toMatchObject({ timezone: 'Asia/Kolkata' });
    const login = await as(app).post('/api/auth/login', { username: 'ravi', password: 'a long walk at noon' });
    expect(login.status).toBe(200);
  }, 60_000);

  it.each([
    ['a taken name', ['--username', 'VERA', '--email', 'other@example.org', '--role', 'manager'], /already registered/],
    [
      'a taken address',
      ['--username', 'otto', '--email', 'vera@example.org', '--role', 'manager'],
      /already registered/,
    ],
    [
      'an unknown role',
      ['--username', 'otto', '--email', 'otto@example.org', '--role', 'king'],
      /^Usage: npm run user:create/,
    ],
    [
      'an unknown zone',
      ['--username', 'otto', '--email', 'otto@example.org', '--role', 'manager', '--timezone', 'Mars/Base'],
      /timezone/i,
    ],
    [
      'a weak password',
      ['--username', 'otto', '--email', 'otto@example.org', '--role', 'manager', '--password', 'password'],
      /password/i,
    ],
  ])(
    'ends with 1 and prints nothing but the reason for %s',
    async (_, args, reason) => {
      if (!(await row('vera'))) await named('vera', '--role', 'developer');
      const { code, stdout, stderr } = await create(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(reason);
      expect(await row('otto')).toBeUndefined();
    },
    60_000,
  );
});
