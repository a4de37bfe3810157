import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';

const NOW = '2026-03-02T12:00:00Z';
const STATUSES = ['pending', 'in_progress', 'blocked', 'completed'];
const PRIORITIES = ['low', 'medium', 'high', 'critical'];

interface Listed {
  readonly id: number;
  readonly title: string;
  readonly priority: string;
  readonly deadline: string;
  readonly [field: string]: unknown;
}

describe('the list of tasks', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let other: TestActor;
  let last = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    [manager, developer, other] = [
      await anActor(app, 'manager'),
      await anActor(app, 'developer'),
      await anActor(app, 'developer'),
    ];
    app.clock.set(NOW);
    // Many equal titles, priorities and deadlines, so that an order needs its tie-breaker.
    for (let i = 0; i < 48; i++) {
      const { id } = await aTask(app, i % 3 ? developer.id : other.id, {
        ...{ title: ['b', 'B', 'ä', 'a "q", \\ %_', ''][i % 4] || 'z', status: STATUSES[i % 4] ?? '' },
        ...{ priority: PRIORITIES[(i >> 2) % 4] ?? '', deadline: `2026-03-0${1 + (i % 5)}T12:00:00.00000${i % 2}Z` },
        created: `2026-02-01T00:00:00.00000${i % 7}Z`,
      });
      last = id;
    }
  });
  /** Cases that add tasks leave the list to the others as it was. */
  afterEach(() => app.rows(sql`UPDATE tasks SET deleted_at = now() WHERE id > ${last} AND deleted_at IS NULL`));
  afterAll(() => app.stop());

  const listed = async (query: string, who = manager): Promise<Listed[]> => {
    const { status, body } = await as(who).get(`/api/tasks?${query}`);
    expect(status).toBe(200);
    return body as Listed[];
  };
  const idsOf = (tasks: readonly Listed[]) => tasks.map(({ id }) => id);

  /** All pages by their links. */
  async function pages(query: string, who = manager): Promise<Listed[][]> {
    const found: Listed[][] = [];
    for (let path: string | undefined = `/api/tasks?${query}`; path && found.length < 100;) {
      const { status, body, headers } = await as(who).get(path);
      expect(status).toBe(200);
      found.push(body as Listed[]);
      path = /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
    }
    return found;
  }

  it('is a bare array in the order of ids, the whole of it', async () => {
    const all = await listed('');
    expect(all).toHaveLength(48);
    expect(idsOf(all)).toEqual(idsOf(all).sort((a, b) => a - b));
    expect(await listed('', developer)).toEqual(all.filter(({ assigned_to }) => assigned_to === developer.id));
    expect((await as(manager).get(`/api/tasks/${all[0]?.id}`)).body).toEqual(all[0]);
  });

  it.each([
    ...['id', '-id', 'title', '-title', 'deadline', '-deadline', 'priority', '-priority', 'created_at', '-updated_at'],
    ...['-priority,deadline', 'title,-created_at,priority', '-deadline,-title', 'priority,-id', 'id,title'],
    ...['title,title', 'priority&sort=-deadline'],
  ])('visits every task once, in pages by %s', async (sort) => {
    const whole = await listed(`sort=${sort}`);
    expect(new Set(idsOf(whole)).size).toBe(48);
    for (const limit of [1, 7, 48]) {
      const parts = await pages(`sort=${sort}&limit=${limit}`);
      expect(idsOf(parts.flat())).toEqual(idsOf(whole));
      expect(parts.every((part) => part.length === limit || part === parts.at(-1))).toBe(true);
    }
    const own = await pages(`sort=${sort}&limit=5&status=blocked,pending`, developer);
    expect(own.flat()).toEqual(await listed(`sort=${sort}&status=blocked,pending`, developer));
  });

  it('orders priorities by rank, and several keys one after the other', async () => {
    const ranks = (await listed('sort=-priority,deadline')).map(
      ({ priority, deadline }) => [PRIORITIES.indexOf(priority), Date.parse(deadline)] as const,
    );
    expect(ranks).toEqual([...ranks].sort((a, b) => b[0] - a[0] || a[1] - b[1]));
  });

  it('loses and repeats nothing when tasks come and go between pages', async () => {
    const first = await as(manager).get('/api/tasks?limit=10');
    const gone = await aTask(app, developer.id, { created: NOW });
    await app.rows(sql`UPDATE tasks SET deleted_at = now() WHERE id = ${gone.id}`);
    const next = /<(.*)>/.exec(first.headers.link ?? '')?.[1] ?? '';
    const rest = (await as(manager).get(next.replace('limit=10', 'limit=1000'))).body as Listed[];
    expect(new Set([...idsOf(first.body as Listed[]), ...idsOf(rest)]).size).toBe(48);
  });

  it.each([1, 7, 20, 30, 47, 48])('has pages of any size: %i', async (limit) => {
    const found = await pages(`limit=${limit}`);
    expect(found.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    expect(idsOf(found.flat())).toEqual(idsOf(await listed('')));
  });

  it('leads on to the same list where the text looked for has a question mark', async () => {
    await Promise.all([1, 2, 3].map(() => aTask(app, developer.id, { title: 'why? because' })));
    const asked = await as(manager).get('/api/tasks?q=why?&limit=2');
    expect(asked.body).toHaveLength(2);
    const next = await as(manager).get(/<(.*)>/.exec(asked.headers.link ?? '')?.[1] ?? '');
    expect((next.body as Listed[]).map(({ title }) => title)).toEqual(['why? because']);
  });

  it('counts over all pages when asked to', async () => {
    const { headers } = await as(manager).get('/api/tasks?limit=5&include_total=true&status=blocked');
    expect(headers['x-total-count']).toBe('12');
    expect((await as(manager).get('/api/tasks?include_total=true')).headers['x-total-count']).toBe('48');
    const plain = await as(manager).get('/api/tasks?limit=5&include_total=false');
    expect(plain.headers['x-total-count']).toBeUndefined();
    const last = await as(manager).get('/api/tasks?limit=48');
    expect(last.headers.link).toBeUndefined();
  });

  it('takes any of several values, by commas or repeated', async () => {
    const of = async (query: string) => new Set((await listed(query)).map(({ status }) => status));
    expect(await of('status=blocked,completed')).toEqual(new Set(['blocked', 'completed']));
    expect(await of('status=blocked&status=completed')).toEqual(new Set(['blocked', 'completed']));
    expect(await listed(`assigned_to=${developer.id},${other.id}&priority=low&priority=high`)).toHaveLength(24);
    expect(await listed('created_by=999999')).toEqual([]);
  });

  it('filters by parent, tags, deadline and text', async () => {
    const [a, b] = await listed('');
    const { body: tag } = await as(manager).post('/api/tags', { name: 'site' });
    await as(manager).patch(`/api/tasks/${a?.id}`, { tags: [tag.id] });
    expect(idsOf(await listed(`tags=${tag.id},999`))).toEqual([a?.id]);
    const child = await aTask(app, developer.id, { parent: b?.id ?? 0, title: 'Änderung 100%', created: NOW });
    expect(idsOf(await listed(`parent_task=${b?.id}`))).toEqual([child.id]);
    expect(idsOf(await listed(`q=${encodeURIComponent('änderung 100%')}`))).toEqual([child.id]);
    expect(await listed('q=%25_')).toHaveLength(12);
    expect(await listed(`q=${encodeURIComponent('\\')}`)).toHaveLength(12);
    const span = await listed('deadline_after=2026-03-02T14:00:00%2B02:00&deadline_before=2026-03-03T12:00:00Z');
    expect(new Set(span.map(({ deadline }) => deadline))).toEqual(new Set(['2026-03-02T12:00:00.000Z']));
  });

  it('filters what is overdue, and what needs attention', async () => {
    const late = await listed('overdue=true');
    expect(late.length).toBeGreaterThan(0);
    expect(late.every(({ status, deadline }) => status !== 'completed' && deadline <= '2026-03-02T12:00:00.000Z')).toBe(
      true,
    );
    expect(late.length + (await listed('overdue=false')).length).toBe(48);
    const old = await aTask(app, other.id, { deadline: '2026-02-27T11:59:59Z', created: NOW });
    const over = await aTask(app, other.id, { estimated: '8', actual: '12.01', created: NOW });
    await aTask(app, other.id, { estimated: '8', actual: '12.00', created: NOW });
    expect(idsOf(await listed('needs_attention=overdue'))).toEqual([old.id]);
    expect(idsOf(await listed('needs_attention=overworked'))).toEqual([over.id]);
    expect(await listed('needs_attention=overdue,overworked,blocked')).toHaveLength(14);
  });

  it.each([
    ...['colour=red', 'page=2', 'offset=3', 'status=', 'status=done', 'status=blocked,done', 'priority=urgent'],
    ...['assigned_to=me', 'assigned_to=0', 'tags=1,x', 'parent_task=null', 'deadline_before=soon', 'overdue=1'],
    ...['needs_attention=all', 'q=', 'sort=colour', 'sort=--id', 'sort=', 'limit=0', 'limit=1001', 'limit=x'],
    ...['limit=1&limit=2', 'limit=1.5', 'include_total=yes', 'status[]=blocked', 'q=%00', 'deadline_after=2026-02-30'],
  ])('refuses ?%s', async (query) => {
    const { status, body } = await as(manager).get(`/api/tasks?${query}`);
    expect([status, body.errors?.length]).toEqual([422, 1]);
  });

  it('refuses a cursor that is broken, forged or of another order', async () => {
    const { headers } = await as(manager).get('/api/tasks?limit=5&sort=deadline');
    const cursor = /cursor=([^&>]+)/.exec(headers.link ?? '')?.[1] ?? '';
    const made = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const forged = ['2026-02-30 00:00:00+00', '2026-03-01 25:00:00+00', 'infinity', "'", ''].map((time) =>
      made('tasks deadline', time, '1'),
    );
    for (const query of [
      ...['x', '', 'e30', made('tasks id', '1'), made('tasks deadline'), made('tasks deadline', 1, 2)].map(
        (c) => `sort=deadline&cursor=${c}`,
      ),
      ...forged.map((c) => `sort=deadline&cursor=${c}`),
      ...[`sort=-deadline&cursor=${cursor}`, `cursor=${cursor}`, `cursor=${made('tasks id', '2147483648')}`],
    ])
      expect([query, (await as(manager).get(`/api/tasks?limit=5&${query}`)).status]).toEqual([query, 422]);
  });

  it('exports as CSV what the filters select, with formulas defused', async () => {
    for (const title of ['=1+1', '+1', '-1', '@SUM(A1)', 'two\nlines, "quoted"'])
      await aTask(app, other.id, { title, created: NOW, priority: 'critical', status: 'blocked' });
    const { text, headers } = await as(manager).get('/api/tasks/export.csv?priority=critical&status=blocked&sort=-id');
    expect(headers['content-type']).toContain('text/csv');
    expect(headers['content-disposition']).toContain('tasks.csv');
    expect(text.startsWith('"id","title","description","status","priority","estimated_hours",')).toBe(true);
    for (const cell of ["'=1+1", "'+1", "'-1", "'@SUM(A1)", 'two\nlines, ""quoted""'])
      expect(text).toContain(`,"${cell}",`);
    expect(text).toContain(`,"${other.username}",`);
    expect((await as(manager).get('/api/tasks/export.csv?limit=5')).status).toBe(422);
  });

  it('exports every cell quoted, so that a spreadsheet which separates by semicolons cuts no text', async () => {
    const title = 'Check ICF; =1+1; file';
    const { id } = await aTask(app, other.id, { title, created: NOW, priority: 'critical', status: 'blocked' });
    const { text } = await as(manager).get(`/api/tasks/export.csv?q=${encodeURIComponent(title)}`);
    const rows = text.trim().split('\r\n');
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).toMatch(/^(?:"(?:[^"]|"")*")?(?:,(?:"(?:[^"]|"")*")?)*$/);
    expect(rows[1]?.startsWith(`"${id}","${title}",`)).toBe(true);
  });

  it('exports with a byte order mark where it is asked for', async () => {
    const first = async (query: string) => {
      const url = `/api/tasks/export.csv?q=none${query}`;
      const { rawPayload } = await app.nest.inject({ url, headers: { authorization: `Bearer ${manager.token}` } });
      return rawPayload.subarray(0, 7).toString('latin1');
    };
    expect(await first('')).toBe('"id","t');
    expect(await first('&bom=false')).toBe('"id","t');
    expect(await first('&bom=true')).toBe('\u00ef\u00bb\u00bf"id"');
    expect((await as(manager).get('/api/tasks/export.csv?bom=1')).status).toBe(422);
  });

  it('exports texts of several lines as one cell, however they end', async () => {
    await aTask(app, other.id, { title: 'many\n=1+1\rlines', created: NOW });
    const { text } = await as(manager).get('/api/tasks/export.csv?q=many');
    expect(text).toContain('"many\n\'=1+1\rlines"');
  });

  it('exports the fields of a task under their names, and the names of its tags', async () => {
    const tags: number[] = [];
    for (const name of ['zebra', 'ant']) tags.push((await as(manager).post('/api/tags', { name })).body.id as number);
    const parent = await aTask(app, other.id, { created: NOW });
    const draft = { title: 'All of it', estimated_hours: 2, actual_hours: 1, deadline: NOW, priority: 'critical' };
    const more = { description: 'x', assigned_to: developer.id, parent_task: parent.id, tags };
    const { body: task } = await as(manager).post('/api/tasks', { ...draft, ...more });
    const { text } = await as(manager).get('/api/tasks/export.csv?q=All%20of%20it');
    const cellsOf = (line: string) => line.split(',').map((cell) => cell.replaceAll('"', ''));
    const [header, row] = text.split('\r\n').map(cellsOf);
    expect(header).toEqual([...Object.keys(task as object), 'tag_names']);
    const cells = { ...task, tags: tags.join('; '), tag_names: 'zebra; ant' } as Record<string, unknown>;
    expect(row).toEqual(header?.map((name) => String(cells[name])));
    expect([task.assigned_to_user, task.created_by_user]).toEqual([developer.username, manager.username]);
  });

  it('streams, however long', async () => {
    await app.rows(sql`INSERT INTO tasks (title, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'many', ${other.id}, ${manager.id}, 1, now() FROM generate_series(1, 5000)`);
    const { body, headers } = await as(manager).get('/api/tasks');
    expect([body.length, headers['content-length']]).toEqual([5048, undefined]);
    expect((await as(manager).get('/api/tasks/export.csv')).text.split('\n').length).toBeGreaterThan(5048);
  });
});
