import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as zlib from 'node:zlib';
import sql from 'sql-template-tag';
import { TestApp } from '../support/app.js';
import { DUMP, dumpFile, fileOf, importInto, tag, task, user } from '../support/legacy.js';

const JSON_TEXT = JSON.stringify(DUMP);

describe('an import of what it cannot take', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const LEFT = sql`SELECT (SELECT count(*)::int FROM users) + (SELECT count(*)::int FROM tags)
    + (SELECT count(*)::int FROM tasks) + (SELECT count(*)::int FROM legacy_ids)
    + (SELECT count(*)::int FROM audit_trail) AS n`;
  afterEach(async () => expect(await app.rows(LEFT)).toEqual([{ n: 0 }]));

  const lines = (...records: string[]) => `[${records.join(',')}]`;
  const TAG = JSON.stringify(tag(1, 'a'));
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const folder = () => dirname(fileOf('x'));
  const unreadable = () => {
    const path = fileOf(JSON_TEXT);
    chmodSync(path, 0o000);
    return path;
  };

  /** Case, file or its bytes, cause, remedy. */
  const INPUTS: readonly (readonly [string, string | Buffer | { path: () => string }, RegExp, RegExp])[] = [
    ['nothing', '', /It is empty/, /Dump it again/],
    ['blanks', ' \n\t ', /It is empty/, /Dump it again/],
    ['a byte order mark alone', '\ufeff', /It is empty/, /Dump it again/],
    ['an empty array', '[]\n', /a dump without any record/, /dumpdata users tasks notifications/],
    ['empty arrays', '[] []', /a dump without any record/, /dumpdata users tasks notifications/],
    [
      'records of other models',
      lines('{"model":"shop.cart","pk":1,"fields":{}}'),
      /none of the records .* shop\.cart/,
      /dumpdata users/,
    ],
    [
      'half a dump',
      JSON_TEXT.slice(0, 2000),
      /ends within record \d+, before its JSON does: it was cut off/,
      /compare the sizes/,
    ],
    ['a dump cut off between records', lines(TAG).slice(0, -1), /ends after record 1, before/, /compare the sizes/],
    ['a dump cut off after a comma', `[${TAG},`, /ends after record 1, before/, /compare the sizes/],
    ['a comma before the end', `[${TAG},]`, /Record 2 begins with "\]"/, /Dump it again/],
    ['two commas', `[${TAG},,${TAG}]`, /Record 2 begins with ","/, /Dump it again/],
    ['no comma', `[${TAG} ${TAG}]`, /After record 1.*stands "\{"/, /Dump it again/],
    [
      'an object of records',
      '{"a": {"model": "tasks.tag", "pk": 1, "fields": {}}}',
      /not of the form/,
      /Dump it again/,
    ],
    ['an array in an array', `[[${TAG}]]`, /Record 1 is a list/, /Dump it again/],
    ['numbers', '[1]', /Record 1 begins with "1"/, /Dump it again/],
    ['texts', '["a"]', /Record 1 begins with/, /Dump it again/],
    ['null', 'null', /begins with "n"/, /--output dump\.json/],
    ['words before the JSON', 'Loading settings\n[]', /begins with "L"/, /remove them/],
    ['words after the JSON', `[${TAG}] done`, /After the end of the dump stands "d"/, /Dump it again/],
    ['XML', '<?xml version="1.0"?><django-objects version="1.0"/>', /It is XML/, /--format json/],
    ['XML with a byte order mark', '\ufeff<?xml version="1.0"?>', /It is XML/, /--format json/],
    ['YAML', '- model: tasks.tag\n  pk: 1\n', /It is YAML/, /--format json/],
    ['SQL', '--\n-- PostgreSQL database dump\n--\n', /dump of a whole database/, /--from postgres/],
    ['a dump of pg_dump', Buffer.from('PGDMP\u0001\u000e'), /pg_dump/, /pg_restore/],
    ['an SQLite database', 'SQLite format 3\0', /SQLite/, /dumpdata/],
    ['a zip archive', Buffer.from('PK\u0003\u0004aaaa'), /zip archive/, /Unpack it/],
    [
      'gzip that is cut off',
      zlib.gzipSync(JSON_TEXT).subarray(0, 300),
      /compressed by gzip, and damaged or cut off/,
      /Copy it once more/,
    ],
    [
      'gzip with a wrong check sum',
      flipped(zlib.gzipSync(JSON_TEXT), -6),
      /compressed by gzip, and damaged/,
      /Copy it once more/,
    ],
    [
      'gzip with a hole between its members',
      Buffer.concat([zlib.gzipSync(`[${TAG}]`), Buffer.alloc(512), zlib.gzipSync('[]')]),
      /compressed by gzip, and damaged or cut off \(there is more after zeros\)/,
      /Copy it once more/,
    ],
    ['gzip of nothing', zlib.gzipSync(''), /It is empty/, /Dump it again/],
    ['the beginning of gzip', Buffer.from([0x1f, 0x8b]), /gzip, and damaged or cut off/, /Copy it once more/],
    [
      'gzip four times over',
      [1, 2, 3, 4].reduce((bytes) => zlib.gzipSync(bytes), Buffer.from(JSON_TEXT)),
      /more than 3 times/,
      /Decompress it/,
    ],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x5b, 0, 0, 0]), /UTF-32/, /iconv/],
    [
      'half a UTF-16 unit',
      Buffer.from(`\ufeff${JSON_TEXT}`, 'utf16le').subarray(0, 2001),
      /utf-16le|cut off/,
      /Copy it once more/,
    ],
    [
      'half a surrogate in UTF-16',
      Buffer.from('\ufeff[{"model": "\ud800"}]', 'utf16le'),
      /not valid utf-16le/,
      /UTF-8/,
    ],
    ['a directory', { path: folder }, /is a directory/, /Name the file/],
    ['a missing file', { path: () => join(folder(), 'none.json') }, /There is no file/, /Give its path/],
    ['a file below a file', { path: () => join(fileOf('x'), 'none.json') }, /There is no file/, /Give its path/],
    ['a path with a NUL', { path: () => 'dump\0.json' }, /cannot be read/, /path of a file/],
    ['an overlong path', { path: () => 'x'.repeat(5000) }, /cannot be read/, /path of a file/],
    [
      'deep JSON',
      lines(`{"model":"tasks.tag","pk":1,"fields":{"name":${deep(200)}}}`),
      /Record 1 is nested more than 100/,
      /bracket/,
    ],
    [
      'very deep JSON',
      lines(`{"model":"tasks.tag","pk":1,"fields":{"name":${deep(200_000)}}}`),
      /Record 1 is nested/,
      /bracket/,
    ],
  ];

  const faultsOf = async (path: string) => {
    try {
      const { faults } = await importInto(app, path);
      return faults.map(({ message, remedy }) => `${message}. ${remedy}`).join('\n');
    } catch (error) {
      expect(Object.keys(error as object)).toContain('remedy');
      return (error as Error).message;
    }
  };

  it.each(INPUTS)('names cause and remedy of %s', async (_, input, cause, remedy) => {
    const path = typeof input === 'object' && 'path' in input ? input.path() : fileOf(input);
    const output = await faultsOf(path);
    expect(output).toMatch(cause);
    expect(output).toMatch(remedy);
  });

  const inTask = (field: string, json: string) =>
    lines(
      ...[user(5, 'boss', 'manager'), user(7, 'deva', 'developer')].map((record) => JSON.stringify(record)),
      JSON.stringify(task(8, null, 'pending', { [field]: 'HERE' })).replace('"HERE"', json),
    );

  /** A field of task 8, which is record 3; its JSON; the cause. */
  const VALUES: readonly (readonly [string, string, string, RegExp])[] = [
    ['NaN', 'estimated_hours', 'NaN', /record 3 holds NaN or Infinity/],
    ['Infinity', 'estimated_hours', '-Infinity', /record 3 holds NaN or Infinity/],
    ['a word that is not JSON', 'title', 'None', /record 3 is not JSON/],
    ['single quotes', 'title', "'a'", /record 3 is not JSON/],
    ['a control character in a text', 'title', '"a\nb"', /record 3 is not JSON/],
    ['a wrong escape', 'title', '"\\x"', /record 3 is not JSON/],
    ['a huge number', 'estimated_hours', '1e400', /estimated_hours is null|not a number of hours/],
    ['a number of a thousand digits', 'assigned_to', '9'.repeat(1000), /assigned_to is null|not a whole number/],
    ['a huge id', 'assigned_to', '2147483648', /assigned_to is 2147483648, not a whole number/],
    ['a negative id', 'assigned_to', '-7', /assigned_to is -7, not a whole number/],
    ['half an id', 'assigned_to', '7.5', /assigned_to is 7\.5, not a whole number/],
    ['an id that is true', 'assigned_to', 'true', /assigned_to is true, not a whole number/],
    ['a record as an id', 'assigned_to', '{"id": 7}', /assigned_to is \{"id":7\}, not a whole number/],
    ['a text that is a list', 'title', '["abc"]', /title must be text, and is \["abc"\]/],
    ['a text that is an object', 'description', '{}', /description must be text, and is \{\}/],
    ['an overlong title', 'title', JSON.stringify('x'.repeat(300)), /title is longer than 255 characters: it has 300/],
    ['a NUL character', 'title', '"a\\u0000b"', /title has a NUL character/],
    ['half a surrogate', 'title', '"a\\ud800"', /title has a broken Unicode character/],
    ['a date out of range', 'deadline', '"10000-01-01T00:00:00Z"', /deadline is "10000-01-01T00:00:00Z", not a time/],
    ['the year 0', 'deadline', '"0000-01-01T00:00:00Z"', /not a time that can be read/],
    ['a leap second', 'deadline', '"2016-12-31T23:59:60Z"', /not a time that can be read/],
    ['an hour after midnight', 'deadline', '"2024-01-01T24:00:01Z"', /not a time that can be read/],
    ['an offset of 25 hours', 'deadline', '"2024-01-01T00:00:00+25:00"', /not a time that can be read/],
    ['a date that is none', 'deadline', '"2023-02-29T00:00:00Z"', /not a time that can be read/],
    ['a time that is a number', 'deadline', '1700000000', /deadline is 1700000000, not a time/],
    ['tags that are an object', 'tags', '{"a": 1}', /tags is \{"a":1\}, not a whole number/],
    ['tags in tags', 'tags', '[[["a"]]]', /tags is \[\["a"\]\], a natural key/],
    ['no value', 'deadline', 'null', /deadline is null and is required/],
  ];

  it.each(VALUES)('names the record of %s', async (_, field, json, cause) => {
    const { faults } = await importInto(app, fileOf(inTask(field, json)));
    expect(faults).toMatchObject([{ record: 3, model: 'tasks.task', pk: 8, message: expect.stringMatching(cause) }]);
    expect(faults[0]?.remedy).toMatch(/dump/i);
  });

  it('names the record with bytes that are not UTF-8', async () => {
    const latin1 = Buffer.from(lines(TAG, JSON.stringify(tag(2, 'Prüfung'))), 'latin1');
    expect((await importInto(app, fileOf(latin1))).faults).toMatchObject(
      [{ record: 2, model: 'tasks.tag', pk: 2, message: 'record 2 has bytes that are not UTF-8', remedy: /iconv/ }].map(
        (fault) => ({ ...fault, remedy: expect.stringMatching(fault.remedy) }),
      ),
    );
  });

  it('names each of many records that cannot be read', async () => {
    const damaged = Array.from({ length: 1500 }, (_, at) => JSON.stringify(tag(at + 1, `Prüfung ${at}`)));
    const { faults, fault_count } = await importInto(app, fileOf(Buffer.from(lines(...damaged), 'latin1')));
    expect(fault_count).toBe(1500);
    expect(faults.map(({ record }) => record)).toEqual(damaged.map((_, at) => at + 1));
  });

  it('names twins in the form of Unicode', async () => {
    const twins = [
      user(1, 'Ren\u00e9', 'auditor', { email: 'a@x.org' }),
      user(2, 'rene\u0301', 'auditor', { email: 'b@x.org' }),
    ];
    const { faults } = await importInto(app, dumpFile(twins));
    expect(faults).toMatchObject([{ pk: 2, field: 'username', message: expect.stringContaining('that of user 1') }]);
    expect(faults[0]?.remedy).toContain('form of Unicode');
  });

  it('is a command that ends with 1 and no stack, for any input', async () => {
    const env = { ...process.env, DATABASE_URL: app.url, ENVIRONMENT: 'test' };
    for (const path of [fileOf(zlib.gzipSync(JSON_TEXT).subarray(0, 200)), folder(), fileOf(inTask('title', 'NaN'))]) {
      const args = ['dist/cli/import-legacy.command.js', '--from', 'django-json', path];
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      let output = '';
      child.stderr.on('data', (data: Buffer) => (output += data.toString()));
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(output).not.toMatch(/^\s+at /m);
      expect(output).toMatch(/Copy it once more|Name the file|Give that field a number/);
    }
  }, 300_000);

  (process.getuid?.() === 0 ? it.skip : it)('names who may not read a file', async () => {
    expect(await faultsOf(unreadable())).toMatch(/may not be read by the user .*Change its permissions/);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length + at] = (copy[copy.length + at] as number) ^ 0xff;
  return copy;
}
