import sql from 'sql-template-tag';
import { TestApp } from '../support/app.js';
import { DUMP, dumpFile, history, importInto, notification, tag, task, user } from '../support/legacy.js';
import { type Dumped } from '../support/legacy.js';

describe('an import with faults', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const LEFT = sql`SELECT (SELECT count(*)::int FROM users) + (SELECT count(*)::int FROM tags)
    + (SELECT count(*)::int FROM tasks) + (SELECT count(*)::int FROM legacy_ids)
    + (SELECT count(*)::int FROM audit_trail) AS n`;
  afterEach(async () => expect(await app.rows(LEFT)).toEqual([{ n: 0 }]));

  const USERS = [user(5, 'boss', 'manager'), user(7, 'deva', 'developer')];
  const without = (record: Dumped, field: string): Dumped => ({
    ...record,
    fields: Object.fromEntries(Object.entries(record.fields).filter(([name]) => name !== field)),
  });

  /** The fault, the record, the field and words of the message. */
  const FAULTS: readonly (readonly [string, Dumped, string, RegExp])[] = [
    ['an unknown role', user(8, 'u', 'chief'), 'role', /"chief", not one of manager, developer, auditor/],
    ['no role at all', user(8, 'u', 'x', { role: null }), 'role', /required/],
    ['an unknown zone', user(8, 'u', 'auditor', { timezone: 'Mars/Olympus' }), 'timezone', /no IANA time zone/],
    ['a blank username', user(8, ' ', 'auditor', { email: 'u@x.org' }), 'username', /blank/],
    ['a long username', user(8, 'u'.repeat(151), 'auditor', { email: 'u@x.org' }), 'username', /150 characters/],
    ['no e-mail address', user(8, 'u', 'auditor', { email: '' }), 'email', /blank/],
    ['a missing e-mail address', without(user(8, 'u', 'auditor'), 'email'), 'email', /required/],
    ['a username of another user', user(8, 'DEVA', 'auditor', { email: 'u@x.org' }), 'username', /also that of user 7/],
    ['an address of another user', user(8, 'u', 'auditor', { email: 'Deva@X.org' }), 'email', /also that of user 7/],
    ['a flag that is none', user(8, 'u', 'auditor', { is_active: 'yes' }), 'is_active', /true or false/],
    ['a login at no time', user(8, 'u', 'auditor', { last_login: 'yesterday' }), 'last_login', /not a time/],
    ['a blank tag', tag(8, '\t'), 'name', /blank/],
    ['a long tag', tag(8, 'x'.repeat(51)), 'name', /50 characters/],
    ['a tag that is no text', tag(8, 12), 'name', /must be text/],
    ['an unknown status', task(8, null, 'done'), 'status', /"done", not one of pending/],
    ['an unknown priority', task(8, null, 'pending', { priority: 3 }), 'priority', /3, not one of low/],
    ['a blank title', task(8, null, 'pending', { title: '  ' }), 'title', /blank/],
    ['a long title', task(8, null, 'pending', { title: 'x'.repeat(256) }), 'title', /255 characters/],
    ['a NUL character', task(8, null, 'pending', { description: 'a\0b' }), 'description', /NUL/],
    ['half a character', task(8, null, 'pending', { description: 'a\ud800b' }), 'description', /Unicode/],
    [
      'a deadline that is no date',
      task(8, null, 'pending', { deadline: '2024-02-31T00:00:00Z' }),
      'deadline',
      /not a time/,
    ],
    ['no deadline', task(8, null, 'pending', { deadline: null }), 'deadline', /required/],
    ['negative hours', task(8, null, 'pending', { actual_hours: '-0.50' }), 'actual_hours', /negative/],
    [
      'too many hours',
      task(8, null, 'pending', { estimated_hours: '10000.00' }),
      'estimated_hours',
      /more than 9999.99/,
    ],
    ['hours that are none', task(8, null, 'pending', { estimated_hours: 'NaN' }), 'estimated_hours', /not a number/],
    [
      'an assignee who is not there',
      task(8, null, 'pending', { assigned_to: 99 }),
      'assigned_to',
      /user 99, which is not/,
    ],
    ['a creator who is not there', task(8, null, 'pending', { created_by: 99 }), 'created_by', /user 99, which is not/],
    ['no assignee', task(8, null, 'pending', { assigned_to: null }), 'assigned_to', /required/],
    [
      'a natural key of no user',
      task(8, null, 'pending', { assigned_to: ['nobody'] }),
      'assigned_to',
      /user "nobody", which is not/,
    ],
    ['a natural key of a task', task(8, ['x'], 'pending'), 'parent_task', /is \["x"\], a natural key/],
    [
      'a natural key of two parts',
      task(8, null, 'pending', { assigned_to: ['a', 'b'] }),
      'assigned_to',
      /a natural key/,
    ],
    ['a parent that is not there', task(8, 99, 'pending'), 'parent_task', /task 99, which is not there/],
    ['a task below itself', task(8, 8, 'pending'), 'parent_task', /the task itself/],
    ['a tag that is not there', task(8, null, 'pending', { tags: [4] }), 'tags', /tag 4, which is not there/],
    ['history of no task', history(8, 99, 'completed'), 'task', /task 99, which is not there/],
    ['an unknown status in history', history(8, 1, 'gone'), 'to_status', /"gone", not one of/],
    ['history at no time', history(8, 1, 'blocked', { timestamp: null }), 'timestamp', /required/],
    ['a notification to no user', notification(8, 99, 1), 'user', /user 99, which is not there/],
    ['a notification of no task', notification(8, 7, 99), 'task', /task 99, which is not there/],
    [
      'an unknown kind of notification',
      notification(8, 7, 1, { notification_type: 'poke' }),
      'notification_type',
      /"poke"/,
    ],
  ];

  it.each(FAULTS)('refuses %s', async (_, record, field, message) => {
    const report = await importInto(app, dumpFile([record, task(1, null, 'pending'), ...USERS]));
    expect(report.faults).toEqual([
      {
        record: expect.any(Number),
        model: record.model,
        pk: record.pk,
        field,
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(/\w+ \w+/),
      },
    ]);
    const named = [record, task(1, null, 'pending'), ...USERS][Number(report.faults[0]?.record) - 1];
    expect([named?.model, named?.pk]).toEqual([record.model, record.pk]);
    expect(report).toMatchObject({ fault_count: 1, imported: { users: 0, tasks: 0 } });
  });

  it('never shows a hash', async () => {
    const report = await importInto(app, dumpFile([user(8, 'u', 'chief', { password: 'md5$salt$beef' })]));
    expect(JSON.stringify(report)).not.toContain('beef');
  });

  it('refuses ids that are none, and names the record by what it has', async () => {
    const records = [
      tag('x', 'a'),
      tag(0, 'b'),
      tag(2 ** 31, 'c'),
      tag(undefined, 12),
      tag(['e'], 'e'),
      tag('12', 'fine'),
    ];
    const report = await importInto(app, dumpFile(records));
    expect(report.faults.map(({ pk, field }) => [pk, field])).toEqual([
      ...[
        ['x', 'pk'],
        [0, 'pk'],
        [2 ** 31, 'pk'],
        [null, 'pk'],
        [null, 'name'],
      ],
      [['e'], 'pk'],
    ]);
  });

  it('refuses two records with one id, and two tags that differ in case', async () => {
    const report = await importInto(
      app,
      dumpFile([tag(1, 'a'), tag(1, 'b'), tag(2, 'C'), tag(3, 'c'), tag(4, 'cC'), tag(5, 'Cc')]),
    );
    expect(report.faults).toMatchObject([
      { record: 2, model: 'tasks.tag', pk: 1, field: 'pk', message: 'pk is that of 2 records, the first is record 1' },
      { model: 'tasks.tag', pk: 3, field: 'name', message: 'name "c" is also that of tag 2' },
      { model: 'tasks.tag', pk: 5, field: 'name', message: 'name "Cc" is also that of tag 4' },
    ]);
  });

  it('names the tasks of every circle, and not those below it', async () => {
    const tree = [
      [1, 2],
      [2, 3],
      [3, 1],
      [4, 1],
      [5, 4],
      [6, 7],
      [7, 6],
      [8, null],
    ] as const;
    const report = await importInto(
      app,
      dumpFile([...USERS, ...tree.map(([pk, parent]) => task(pk, parent, 'pending'))]),
    );
    expect(report.faults.map(({ pk, message }) => `${String(pk)}: ${message}`)).toEqual([
      ...[1, 2, 3].map((pk) => `${pk}: parent_task closes a circle: 1 → 2 → 3 → 1`),
      ...[6, 7].map((pk) => `${pk}: parent_task closes a circle: 6 → 7 → 6`),
    ]);
  });

  it('collects the faults of all records', async () => {
    const faulty = FAULTS.map(([, { model, fields }], index) => ({ model, pk: 100 + index, fields }));
    const report = await importInto(app, dumpFile([...DUMP, ...faulty]));
    const named = new Set(report.faults.map(({ model, pk }) => `${model} ${String(pk)}`));
    for (const { model, pk } of faulty) {
      // On its own it is below itself; under another id it is below a task that is not there.
      expect(named).toContain(`${model} ${pk}`);
    }
  });
});
