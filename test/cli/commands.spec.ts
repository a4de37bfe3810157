import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newDatabase, connected, type TestDatabase } from '../support/database.js';

const ROOT = join(__dirname, '../..');

describe('commands', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await newDatabase();
  });
  afterAll(() => database.drop());

  const schema = () =>
    connected(
      database.ownerUrl,
      async (client) => (await client.query('SELECT name FROM migrations ORDER BY id')).rows,
    );

  async function run(name: string, ...args: string[]) {
    const script = join(ROOT, 'dist', `${name}.js`);
    const env = { ...process.env, DATABASE_URL: database.ownerUrl, ENVIRONMENT: 'test', PORT: '0' };
    const how = { env, cwd: ROOT, timeout: 60_000 };
    const ended = await promisify(execFile)(process.execPath, [script, ...args], how).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return { code: 'code' in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr };
  }

  const COMMANDS: [string, ...string[]][] = [
    ['cli/migration.command', 'run'],
    ['cli/migration.command', 'revert'],
    ['cli/migration.command', 'generate'],
    ['cli/create-user.command', '--username', 'asha', '--email', 'a@x.org', '--role', 'manager'],
    ['cli/reset-second-factor.command', '--username', 'asha'],
    ['cli/verify-audit.command'],
    ['cli/rebuild-analytics.command'],
    ['cli/import-legacy.command', '--from', 'django-json', 'x.json'],
    ['cli/seed.command', '--tasks', '10'],
    ['cli/write-openapi.command'],
    ['cli/generate-extension.command', 'visits', '--field', 'site:text'],
    ['main'],
  ];

  it.each(COMMANDS.map((call) => [call.join(' '), call] as const))(
    '%s prints its usage for --help, refuses what it does not know, and does nothing',
    async (_, call) => {
      const before = await schema();
      const help = await run(...call, '--help');
      expect(help).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: npm /) as string, stderr: '' });
      const wrong = await run(...call, '--dry-run');
      expect(wrong).toMatchObject({ code: 1, stdout: '' });
      expect(wrong.stderr).toMatch(/'--dry-run'[^]*\nUsage: npm /);
      expect(await schema()).toEqual(before);
      expect(existsSync(join(ROOT, '--help'))).toBe(false);
    },
    60_000,
  );

  it.each(
    [
      ['run 1764000000000', 'run --extension a', 'revert a b', 'revert ../a', 'revert a --extension b'],
      ['generate a b', 'generate ../Name', 'generate --extension ../a', 'undo'],
    ].flat(),
  )(
    'migration %s is refused',
    async (args) => {
      const before = await schema();
      expect(await run('cli/migration.command', ...args.split(' '))).toMatchObject({
        ...{ code: 1, stdout: '', stderr: expect.stringContaining('Usage: npm run migration:run') as string },
      });
      expect(await schema()).toEqual(before);
    },
    60_000,
  );

  const npm = (line: string) => {
    const env = { ...process.env, DATABASE_URL: database.url, ENVIRONMENT: 'test' };
    return spawnSync('npm', ['run', '-s', ...line.split(' ')], { env, cwd: ROOT, encoding: 'utf8' });
  };

  it.each([
    ['user:create --username asha --email asha@example.org --role=manager', '--email, --role, --username'],
    ['redactions:repeat --dry-run redactions.ndjson', '--dry-run'],
    ['request-log:retain --dry-run -- --months 3', '--dry-run'],
    ['migration:revert --dry-run', '--dry-run'],
    ['audit:verify --checkpoints checkpoints.txt', '--checkpoints'],
    ['audit:verify evidence.zip --earlier older.zip', '--earlier'],
  ])(
    'npm run %s names the options that npm kept, for want of --, and does nothing',
    async (line, options) => {
      const before = await schema();
      const { status, stdout, stderr } = npm(line);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      const [, named = ''] = /^npm took (.*) for options of its own\. Put -- before .*\nUsage: npm/m.exec(stderr) ?? [];
      expect(named.split(', ').sort().join(', ')).toBe(options);
      expect(await schema()).toEqual(before);
    },
    60_000,
  );

  it('takes options after -- as they are', () => {
    expect(npm('audit:verify -- --grace 600')).toMatchObject({ status: 0, stderr: '' });
  }, 60_000);
});
