import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import sql from 'sql-template-tag';
import { anActor, as } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { DUMP, dumpFile, fileOf, importInto, tag, task, user } from '../support/legacy.js';

const USERS = [user(5, 'boss', 'manager'), user(7, 'deva', 'developer')];
const QA = '\u0958';

describe('an import of unusual values', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await TestApp.start();
  });
  afterEach(() => app.stop());

  it('names titles and tags that are too long once they are composed', async () => {
    const dump = dumpFile([...USERS, tag(1, QA.repeat(30)), task(30, null, 'pending', { title: QA.repeat(200) })]);
    expect((await importInto(app, dump)).faults).toMatchObject([
      { record: 3, model: 'tasks.tag', pk: 1, message: 'name is longer than 50 characters: it has 60' },
      { record: 4, model: 'tasks.task', pk: 30, message: 'title is longer than 255 characters: it has 400' },
    ]);
  });

  it('takes a title that fits once it is composed', async () => {
    const title = 'e\u0301'.repeat(200);
    const dump = dumpFile([...USERS, task(30, null, 'pending', { title })]);
    expect(await importInto(app, dump)).toMatchObject({ fault_count: 0, imported: { tasks: 1 } });
    expect(await app.rows(sql`SELECT title FROM tasks`)).toEqual([{ title: '\u00e9'.repeat(200) }]);
  });

  it.each([
    ['0001-01-01T00:00:00', 'Asia/Kolkata'],
    ['9999-12-31T23:59:59', 'America/Los_Angeles'],
  ])('refuses %s in %s, which is in no year from 1 to 9999 in UTC', async (deadline, timeZone) => {
    const dump = dumpFile([...USERS, task(30, null, 'pending', { deadline })]);
    expect((await importInto(app, dump, { timeZone })).faults).toMatchObject([
      {
        record: 3,
        pk: 30,
        message: `deadline is "${deadline}", which is outside of the years 1 to 9999 in UTC, read in ${timeZone}`,
      },
    ]);
  });

  it('lists tasks at both ends of the years, in the zone given', async () => {
    const first = task(30, null, 'pending', { deadline: '0001-01-01T00:00:00' });
    const last = task(31, null, 'pending', { deadline: '9999-12-31T23:59:59' });
    await importInto(app, dumpFile([...USERS, first]), { timeZone: 'America/New_York' });
    await importInto(app, dumpFile([last]), { timeZone: 'Asia/Kolkata' });
    const { status, body } = await as(await anActor(app, 'manager')).get('/api/tasks');
    expect([status, (body as { deadline: string }[]).map(({ deadline }) => deadline)]).toEqual([
      200,
      ['0001-01-01T04:56:02.000Z', '9999-12-31T18:29:59.000Z'],
    ]);
  });

  it.each([
    ['IST', '2024-06-01T06:30:00.000Z'],
    ['BST', '2024-06-01T06:00:00.000Z'],
    ['CET', '2024-06-01T10:00:00.000Z'],
  ])('reads times in %s as the product itself does', async (timeZone, instant) => {
    const dump = dumpFile([...USERS, task(30, null, 'pending', { deadline: '2024-06-01T12:00:00' })]);
    await importInto(app, dump, { timeZone });
    expect(await app.rows(sql`SELECT deadline FROM tasks`)).toEqual([{ deadline: new Date(instant) }]);
  });

  it.each([
    ['too long for a hash', 'z'.repeat(5000)],
    ['a number', 12],
    ['a text with a NUL character', 'md5$a\0'],
  ])('asks a user for a new password whose hash is %s', async (_, password) => {
    const report = await importInto(app, dumpFile([user(5, 'boss', 'manager', { password })]));
    expect(report).toMatchObject({ fault_count: 0, imported: { users: 1 }, warnings: [{ code: 'password_reset' }] });
  });

  /** An import in a process of its own, and what it has written to standard error. */
  const importing = (file: string, stdout: number | 'ignore' = 'ignore') => {
    const env = { ...process.env, DATABASE_URL: app.url, ENVIRONMENT: 'test' };
    const args = ['dist/cli/import-legacy.command.js', '--from', 'django-json', file];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', stdout, 'pipe'] });
    let text = '';
    child.stderr?.on('data', (data: Buffer) => (text += data.toString()));
    return { child, output: () => text };
  };

  it('reads what pzstd writes', async () => {
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 0, 0, 0]);
    const frame = execFileSync('zstd', ['-c'], { input: JSON.stringify(DUMP) });
    expect(await importInto(app, fileOf(Buffer.concat([skippable, frame])))).toMatchObject({ fault_count: 0 });
  });

  it('refuses zstd that is cut off within a frame', async () => {
    const lines = Array.from({ length: 6000 }, (_, n) => JSON.stringify(user(100 + n, `user${n}`, 'developer')));
    const frame = execFileSync('zstd', ['-c', '--no-check'], { input: lines.join('\n') });
    const file = fileOf(frame.subarray(0, frame.length / 2));
    await expect(importInto(app, file)).rejects.toThrow(/compressed by zstd, and damaged or cut off/);
  });

  it('ends where a large file is refused once it is decompressed', async () => {
    const dump = Buffer.concat([Buffer.from('PGDMP\u0001\u000e'), randomBytes(4_000_000)]);
    const { child, output } = importing(fileOf(execFileSync('zstd', ['-c'], { input: dump, maxBuffer: 1e8 })));
    expect([await once(child, 'close'), output()]).toEqual([[1, null], expect.stringContaining('pg_dump')]);
  }, 60_000);

  it('says that its report is lost where the disk is full, and that the import is done', async () => {
    const full = openSync('/dev/full', 'w');
    const { child, output } = importing(dumpFile(DUMP), full);
    closeSync(full);
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output()).toMatch(/Imported from django-json: 2 users/);
    expect(output()).toMatch(/output of the command is lost: .*no space left on device.*not undone/);
    expect(output()).not.toMatch(/^\s+at /m);
  }, 60_000);
});

describe('an import of other formats', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const JSON_TEXT = JSON.stringify(DUMP);
  const tar = Buffer.concat([Buffer.from('dump.json'.padEnd(257, '\0')), Buffer.from('ustar\0'), Buffer.alloc(600)]);

  it.each<[string, string | Buffer, RegExp, RegExp]>([
    ['a table', 'id,title,status\r\n1,"a; b",pending\r\n', /table \(CSV\)/, /dumpdata; .*FastAPI.*--from postgres/],
    ['a table with semicolons', '"id";"title"\n1;"a"\n', /table \(CSV\)/, /--from postgres/],
    ['a web page', '<!DOCTYPE html><html>', /web page/, /signed in/],
    ['a tar archive', tar, /tar archive/, /Unpack it/],
    ['a tar archive in gzip', gzipSync(tar), /tar archive/, /Unpack it/],
    ['a RAR archive', Buffer.from('Rar!\u001a\u0007\u0001\0'), /RAR archive/, /Unpack it/],
    ['zlib', deflateSync(JSON_TEXT), /compressed by zlib/, /Decompress it/],
    ['lz4', Buffer.from('\u0004"M\u0018abcd', 'latin1'), /compressed by lz4/, /Decompress it/],
    ['lzma', Buffer.from(']\0\0\u0080\0abcd', 'latin1'), /compressed by lzma/, /Decompress it/],
    ['compress', Buffer.from('\u001f\u009d\u0090abcd', 'latin1'), /compressed by compress/, /Decompress it/],
    ['a pickle', Buffer.from('\u0080\u0004\u0095\u0010\0\0', 'latin1'), /byte 0x80/, /what kind of file/],
    ['a log with commas', 'Loading settings, please wait\n[]', /begins with "L"/, /remove them/],
  ])('names cause and remedy of %s', async (_, bytes, cause, remedy) => {
    const message = await importInto(app, fileOf(bytes)).then(
      () => 'imported',
      (error: Error) => error.message,
    );
    expect(message).toMatch(cause);
    expect(message).toMatch(remedy);
  });

  it.each(['[{"id": 1, "username": "a"}]', '{"users": [{"id": 1}]}'])(
    'names the way of a FastAPI installation for %s',
    async (text) => {
      const { faults } = await importInto(app, fileOf(text));
      expect(faults).toMatchObject([{ record: 1, remedy: expect.stringMatching(/FastAPI.*--from postgres/) }]);
    },
  );
});
