import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as zlib from 'node:zlib';
import sql from 'sql-template-tag';
import { anActor, as } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import {
  DUMP,
  dumpFile,
  fileOf,
  history,
  importInto,
  notification,
  OLD_PASSWORD,
  tag,
  task,
  user,
} from '../support/legacy.js';
import { type Dumped } from '../support/legacy.js';

const ALL = { users: 2, tags: 1, tasks: 2, task_tags: 1, history: 2, notifications: 1 };
const JSON_TEXT = JSON.stringify(DUMP);
const through = (program: string, input: Buffer | string) => execFileSync(program, ['-c'], { input });
const has = (program: string) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
};

describe('an import', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await TestApp.start();
  });
  afterEach(() => app.stop());

  const compressed: [string, () => Buffer][] = [
    ['gzip', () => zlib.gzipSync(JSON_TEXT)],
    [
      'two members of gzip',
      () => Buffer.concat([zlib.gzipSync(JSON_TEXT.slice(0, 900)), zlib.gzipSync(JSON_TEXT.slice(900))]),
    ],
    ['gzip with padding', () => Buffer.concat([zlib.gzipSync(JSON_TEXT), Buffer.alloc(1_000_000)])],
    ['gzip of gzip', () => zlib.gzipSync(zlib.gzipSync(JSON_TEXT))],
    ['gzip of UTF-16', () => zlib.gzipSync(Buffer.from(`\ufeff${JSON_TEXT}`, 'utf16le'))],
  ];
  if (has('xz')) compressed.push(['xz', () => through('xz', JSON_TEXT)]);
  if (has('bzip2')) compressed.push(['bzip2', () => through('bzip2', JSON_TEXT)]);
  if (has('zstd')) {
    const frames = () => [JSON_TEXT.slice(0, 900), JSON_TEXT.slice(900)].map((text) => through('zstd', text));
    compressed.push(['zstd', () => through('zstd', JSON_TEXT)], ['two frames of zstd', () => Buffer.concat(frames())]);
  }

  it.each(compressed)('reads what is compressed by %s', async (_, bytes) => {
    expect(await importInto(app, fileOf(bytes()))).toMatchObject({ imported: ALL, fault_count: 0 });
  });

  it.each([
    ['JSON Lines', DUMP.map((record) => JSON.stringify(record)).join('\n')],
    [
      'JSON Lines with CR LF and an empty line',
      `${DUMP.map((record) => `${JSON.stringify(record)}\r\n`).join('')}\r\n`,
    ],
    ['one record after another', DUMP.map((record) => JSON.stringify(record, null, 2)).join(' ')],
    ['two dumps put together', `${JSON.stringify(DUMP.slice(0, 5))}\n${JSON.stringify(DUMP.slice(5))}\n`],
    ['an empty array and a dump', `[]${JSON_TEXT}`],
    ['models in capitals', JSON_TEXT.replaceAll('"tasks.task"', '"tasks.Task"')],
  ])('reads %s', async (_, text) => {
    expect(await importInto(app, fileOf(text))).toMatchObject({ imported: ALL, fault_count: 0 });
  });

  it('reads a pipe and the standard input', async () => {
    const command = (file: string) => [
      '-c',
      `${process.execPath} dist/cli/import-legacy.command.js --from django-json ${file} 2>/dev/null`,
    ];
    const env = { ...process.env, DATABASE_URL: app.url, ENVIRONMENT: 'test' };
    const path = fileOf(zlib.gzipSync(JSON_TEXT));
    const piped = execFileSync('bash', command(`<(zcat ${path})`), { env });
    expect(JSON.parse(piped.toString())).toMatchObject({ imported: ALL });
    const fed = execFileSync('bash', command('-'), { env, input: zlib.gzipSync(JSON_TEXT) });
    expect(JSON.parse(fed.toString())).toMatchObject({ already_there: ALL });
  }, 300_000);

  it('shows its progress in lines, where there is no terminal', async () => {
    const env = { ...process.env, DATABASE_URL: app.url, ENVIRONMENT: 'test' };
    const args = ['dist/cli/import-legacy.command.js', '--from', 'django-json', dumpFile(DUMP)];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    expect(await once(child, 'close')).toEqual([0, null]);
    const phases = ['Reading … 100 %', 'Checking …', 'Writing records …', 'Writing the audit trail …', 'Finishing …'];
    phases.forEach((phase) => expect(output).toContain(phase));
    expect(output).not.toContain('\u001b');
  }, 300_000);

  const withoutPk = ({ model, fields }: Dumped): Dumped => ({ model, fields }) as Dumped;
  const keyed = (keys: object): Dumped[] => [
    task(30, null, 'completed', { assigned_to: ['deva'], created_by: ['Boss'], ...keys }),
    notification(2, ['deva'], 30),
  ];
  const OWNERS = sql`SELECT t.id, a.username AS assignee, c.username AS creator FROM tasks t
    JOIN users a ON a.id = assigned_to_id JOIN users c ON c.id = created_by_id`;

  it('takes references by name, of users and tags that have ids or none', async () => {
    const users = [user(5, 'boss', 'manager'), withoutPk(user(0, 'deva', 'developer')), withoutPk(tag(0, 'safety'))];
    const dump = dumpFile([...keyed({ tags: [['safety']] }), ...users]);
    const imported = { users: 2, tags: 1, tasks: 1, task_tags: 1, notifications: 1 };
    expect(await importInto(app, dump)).toMatchObject({ fault_count: 0, imported });
    expect(await app.rows(OWNERS)).toEqual([{ id: 30, assignee: 'deva', creator: 'boss' }]);
    expect(await importInto(app, dump)).toMatchObject({ imported: { users: 0, tasks: 0 }, already_there: imported });
    const later = dumpFile([task(31, 30, 'pending', { assigned_to: ['deva'], created_by: ['boss'] })]);
    expect(await importInto(app, later)).toMatchObject({ fault_count: 0, imported: { tasks: 1 } });
  });

  it('takes users of Django itself, with a profile or without', async () => {
    const plain = ({ fields, pk }: Dumped): Dumped => {
      const { role: _, timezone: __, email_verified: ___, ...rest } = fields;
      return { model: 'auth.user', pk, fields: rest };
    };
    const profile = { model: 'users.profile', pk: 1, fields: { user: 5, role: 'manager', timezone: 'Europe/Berlin' } };
    const users = [plain(user(5, 'boss', '')), plain(user(7, 'deva', ''))];
    const report = await importInto(app, dumpFile([profile, ...users, task(30, null, 'pending')]));
    expect(report).toMatchObject({ fault_count: 0, imported: { users: 2, tasks: 1 } });
    expect(report.warnings).toMatchObject([
      { code: 'role_assumed', records: ['auth.user 7'] },
      { code: 'zone_assumed', records: ['auth.user 7'] },
    ]);
    expect(await app.rows(sql`SELECT id, role, timezone FROM users ORDER BY id`)).toEqual([
      { id: 5, role: 'manager', timezone: 'Europe/Berlin' },
      { id: 7, role: 'developer', timezone: 'Asia/Kolkata' },
    ]);
  });

  it('reads times without a zone in the zone given', async () => {
    const naive = task(30, null, 'pending', {
      deadline: '2025-07-01T09:00:00',
      created_at: '2025-01-01 09:00:00.000001',
    });
    const users = [user(5, 'boss', 'manager'), user(7, 'deva', 'developer')];
    await importInto(app, dumpFile([naive, ...users]), { timeZone: 'Europe/Berlin' });
    const at = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;
    const text = `SELECT ${at('deadline')} AS deadline, ${at('created_at')} AS created, ${at('updated_at')} AS updated FROM tasks`;
    expect(await app.rows({ text, values: [] } as never)).toEqual([
      {
        deadline: '2025-07-01 07:00:00.000000',
        created: '2025-01-01 08:00:00.000001',
        updated: '2024-05-02 01:02:03.000000',
      },
    ]);
  });

  it.each([
    ['midnight at the end of a day', '2025-07-01T24:00:00Z', '2025-07-02T00:00:00.000Z'],
    ['an offset without a colon', '2025-07-01T09:00:00+0530', '2025-07-01T03:30:00.000Z'],
    ['an offset of almost a day', '2025-07-01T00:00:00+23:59', '2025-06-30T00:01:00.000Z'],
  ])('reads %s', async (_, deadline, instant) => {
    const users = [user(5, 'boss', 'manager'), user(7, 'deva', 'developer')];
    expect(await importInto(app, dumpFile([...users, task(30, null, 'pending', { deadline })]))).toMatchObject({
      fault_count: 0,
    });
    expect(await app.rows(sql`SELECT deadline FROM tasks`)).toEqual([{ deadline: new Date(instant) }]);
  });

  it('asks users whose hash it cannot verify for a new password, and lets all others in', async () => {
    const users = [
      user(1, 'verified', 'manager'),
      ...[
        'md5$salt$beef',
        '',
        `pbkdf2_sha256$99999999$s$${'A'.repeat(43)}=`,
        'argon2$argon2id$v=19$m=1,t=1,p=1$a$b',
      ].map((password, place) => user(place + 2, `reset${place}`, 'auditor', { password })),
      user(9, 'unhashed', 'auditor', { password: null }),
    ];
    const report = await importInto(app, dumpFile(users));
    expect(report).toMatchObject({ fault_count: 0, imported: { users: 6 } });
    expect(report.warnings).toMatchObject([{ code: 'password_reset', count: 5 }]);
    expect(await app.rows(sql`SELECT DISTINCT hashed_password FROM users WHERE id > 1`)).toEqual([
      { hashed_password: '!legacy' },
    ]);
    const login = (username: string, password: string) => as(app).post('/api/auth/login', { username, password });
    expect((await login('verified', OLD_PASSWORD)).status).toBe(200);
    expect((await login('reset0', 'beef')).status).toBe(401);
    expect((await as(app).post('/api/auth/password/forgot', { email: 'reset0@x.org' })).status).toBe(202);
  });

  it('merges tags that differ in the form of Unicode alone', async () => {
    const users = [user(5, 'boss', 'manager'), user(7, 'deva', 'developer')];
    const tags = [tag(1, 'Pr\u00fcfung'), tag(2, 'Pru\u0308fung')];
    const report = await importInto(app, dumpFile([...users, ...tags, task(30, null, 'pending', { tags: [2, 1] })]));
    expect(report).toMatchObject({ fault_count: 0, imported: { tags: 1, task_tags: 1 } });
    expect(report.warnings).toMatchObject([{ code: 'tags_merged', records: ['tasks.tag 2'] }]);
  });

  it('lets another user stand in for users who are not in the dump', async () => {
    const boss = await anActor(app, 'manager');
    const dump = dumpFile([task(30, null, 'pending'), history(9, 30, 'pending'), notification(2, 7, 30)]);
    const refused = await importInto(app, dump);
    expect(refused.faults.map(({ field, remedy }) => [field, /--stand-in/.test(remedy)])).toEqual([
      ['assigned_to', true],
      ['created_by', true],
      ['user', true],
    ]);
    const report = await importInto(app, dump, { standIn: boss.username });
    expect(report).toMatchObject({ fault_count: 0, imported: { users: 0, tasks: 1, history: 1, notifications: 1 } });
    expect(report.warnings).toMatchObject([{ code: 'stood_in', records: ['users.user 7', 'users.user 5'] }]);
    expect(await app.rows(OWNERS)).toMatchObject([{ assignee: boss.username, creator: boss.username }]);
    await expect(importInto(app, dump, { standIn: 'nobody' })).rejects.toThrow(
      /"nobody" of --stand-in .* npm run user:create/,
    );
  });
});
