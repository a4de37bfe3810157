import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connected, newDatabase, type TestDatabase } from '../../support/database.js';
import { schemaOf } from '../../support/schema.js';

const ROOT = join(__dirname, '../../..');

describe('npm run migration:revert', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await newDatabase();
  });
  afterEach(() => database.drop());

  const query = <R extends object>(text: string) =>
    connected(database.ownerUrl, async (client) => (await client.query<R>(text)).rows);
  const recorded = async () =>
    (await query<{ name: string }>('SELECT name FROM migrations ORDER BY id DESC')).map(({ name }) => name);

  async function migration(...args: string[]) {
    const script = join(ROOT, 'dist/cli/migration.command.js');
    const { url, ownerUrl } = database;
    const env = { ...process.env, DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl, ENVIRONMENT: 'test' };
    const ended = await promisify(execFile)(process.execPath, [script, ...args], { env, cwd: ROOT }).catch(
      (error: { code: number; stderr: string }) => error,
    );
    return { code: 'code' in ended ? ended.code : 0, text: ended.stderr.trim() };
  }

  it('goes one step back with each call, and migration:run comes forward again', async () => {
    const before = await recorded();
    const [last = '', secondLast = ''] = before;
    expect(await migration('revert')).toEqual({ code: 0, text: `Reverted ${last}` });
    expect(await recorded()).toEqual(before.slice(1));
    expect(await migration('revert')).toEqual({ code: 0, text: `Reverted ${secondLast}` });
    expect(await recorded()).toEqual(before.slice(2));
    expect((await migration('run')).code).toBe(0);
    expect((await recorded()).sort()).toEqual([...before].sort());
  }, 120_000);

  it('names the migration of an extension that is gone, and reverts another one by the name that it gives', async () => {
    const [last = ''] = await recorded();
    await query(`INSERT INTO migrations (timestamp, name) VALUES (1770000000000, 'crates_1770000000000')`);
    const blocked = await migration('revert');
    expect(blocked).toEqual({
      code: 1,
      text:
        'crates_1770000000000 cannot be reverted: 1770000000000-crates.down.sql is neither in migrations/ nor in that of an ' +
        'extension. Put the release or the extension back that brought it, or revert another one by name: ' +
        `npm run migration:revert -- ${last}`,
    });
    expect(await migration('revert', 'crates')).toEqual(blocked);
    expect(await migration('revert', last)).toEqual({
      code: 0,
      text: `Reverted ${last}; what was run after it stays: crates_1770000000000`,
    });
    expect(await recorded()).not.toContain(last);
  }, 120_000);

  it('takes a name as the files have it, and refuses one that is unknown or was not run', async () => {
    const [last = ''] = await recorded();
    const [, text = '', digits = ''] = /^(.*)_(\d+)$/.exec(last) ?? [];
    const file = `${digits}-${text.replaceAll('_', '-')}`;
    expect(await migration('revert', file)).toEqual({ code: 0, text: `Reverted ${last}` });
    const names = (await recorded()).join(', ');
    expect(await migration('revert', file)).toEqual({
      code: 1,
      text: `The migration "${file}" has not been run, or was reverted. Those that were run, the last one first: ${names}`,
    });
    expect(await migration('revert', 'nonsense')).toEqual({
      code: 1,
      text: `The migration "nonsense" is not known. Those that were run, the last one first: ${names}`,
    });
  }, 120_000);

  it('changes nothing where later migrations need what it would remove', async () => {
    const before = await recorded();
    const refused = await migration('revert', 'users-and-sessions');
    expect(refused.code).toBe(1);
    expect(refused.text).toMatch(
      /^users_and_sessions_1764000000000 cannot be reverted, and nothing was changed: .*depend/,
    );
    expect(await recorded()).toEqual(before);
  }, 120_000);

  it('reverts and runs again what no later migration needs, also beside months of the request log', async () => {
    const before = await schemaOf(database.ownerUrl);
    for (const name of ['function_comments', 'table_comments', 'partitions', 'guards', 'search'])
      expect(await migration('revert', (await recorded()).find((one) => one.includes(name)) ?? name)).toMatchObject({
        code: 0,
      });
    expect(await schemaOf(database.ownerUrl)).not.toEqual(before);
    expect((await migration('run')).code).toBe(0);
    expect(await schemaOf(database.ownerUrl)).toEqual(before);
  }, 120_000);

  it('has nothing to do where no migration was run', async () => {
    await database.drop();
    database = await newDatabase('template0');
    expect(await migration('revert')).toEqual({
      code: 0,
      text: 'There is nothing to revert: no migration has been run',
    });
  }, 120_000);
});
