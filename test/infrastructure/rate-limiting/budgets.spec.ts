import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import {
  budgetFigures,
  BUDGETS,
  isBudgetSetting,
  type Budget,
  type BudgetName,
} from '../../../src/core/config/budgets.js';
import { loadConfig } from '../../../src/core/config/load-config.js';
import { Budgets } from '../../../src/infrastructure/budgets/budgets.service.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { listening, LiveClient } from '../../support/live.js';
import { waitFor } from '../../support/wait-for.js';

const MIB = 1024 * 1024;
const figureText = (figure: number) => (figure % MIB === 0 ? `${figure / MIB} MiB` : String(figure));

/** The row of `docs/deployment.md` about a budget. */
function row(name: BudgetName): string {
  const budget: Budget = BUDGETS[name];
  const { share, process } = budgetFigures(name, { poolSize: loadConfig({}).databasePoolSize, cores: 2 });
  const cell = (figure: number, derived?: string) =>
    Number.isFinite(figure) ? figureText(figure) + (derived ? ` (${derived})` : '') : '–';
  const how = {
    concurrency: 'at once',
    holding: 'held at once',
    rate: 'windowSeconds' in budget ? `in ${budget.windowSeconds} s` : '',
  };
  const waiting =
    'waiting' in budget
      ? `${budget.waiting.share} of one, ${budget.waiting.process} in all, ${budget.waiting.ms / 1000} s`
      : '–';
  const cells = [
    `\`${name}\``,
    `${budget.counts}, ${how[budget.kind]}`,
    `${budget.by}: ${cell(share, budget.derived?.share)}`,
    cell(process, budget.derived?.process),
    waiting,
  ];
  return `| ${cells.join(' | ')} |`;
}

describe('budgets', () => {
  let app: TestApp;
  let url: string;
  let greedy: TestActor;
  let other: TestActor;
  const readers: IncomingMessage[] = [];

  beforeAll(async () => {
    app = await TestApp.start();
    url = await listening(app);
    greedy = await anActor(app, 'developer');
    other = await anActor(app, 'developer');
    for (const [{ id }, rows, length] of [
      [greedy, 1200, 16_000],
      [other, 501, 1],
    ] as const)
      await app.rows(sql`INSERT INTO tasks (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
        SELECT 'Long', repeat('x', ${length}::int), ${id}::int, ${id}::int, 1, now() FROM generate_series(1, ${rows}::int)`);
  }, 120_000);
  afterAll(async () => {
    readers.forEach((response) => response.destroy());
    await app.stop();
  });

  const metric = async (line: RegExp) => Number(line.exec((await as(app).get('/metrics')).text)?.[1] ?? Number.NaN);

  /** Asks for the whole list and reads nothing of it. */
  const slowReader = (who: TestActor) =>
    new Promise<IncomingMessage>((resolve) => {
      const port = new URL(url.replace('ws', 'http')).port;
      get({ port, path: '/api/tasks', agent: false, headers: { Authorization: `Bearer ${who.token}` } }, (response) => {
        readers.push(response);
        resolve(response);
      });
    });

  it('are in the documents as they are declared', () => {
    const documents = readFileSync(join(__dirname, '../../../docs/deployment.md'), 'utf8');
    const names = Object.keys(BUDGETS) as BudgetName[];
    expect(names.map(row).filter((line) => !documents.includes(line))).toEqual([]);
    const documented = [...documents.matchAll(/^\| `([a-z_]+)` \|.*, (?:at once|held at once|in \d+ s) \|/gm)];
    expect(documented.map(([, name]) => name)).toEqual(names);
  });

  it('have figures that BUDGETS sets, by the names of the table alone', () => {
    expect(loadConfig({ BUDGETS: 'long_reads.share=3, frames.share=10' }).budgets).toEqual({
      'long_reads.share': 3,
      'frames.share': 10,
    });
    const wrong = ['long_reads=3', 'frames.process=3', 'long_reads.share=0', 'toString.share=1', 'nothing.share=1'];
    expect(wrong.filter(isBudgetSetting)).toEqual([]);
    expect(() => loadConfig({ BUDGETS: 'frames.process=3' })).toThrow('BUDGETS: must be like');
  });

  it('leave others their lists when one user reads twelve of them slowly', async () => {
    const slow = Array.from({ length: 12 }, () => slowReader(greedy));
    await waitFor(async () => (await metric(/^ctms_budget_in_use\{resource="long_reads"\} (\d+)$/m)) === 2);
    const whole = await as(other).get('/api/tasks');
    expect([whole.status, (whole.body as object[]).length]).toEqual([200, 501]);
    expect(await metric(/^ctms_budget_in_use\{resource="long_reads"\} (\d+)$/m)).toBe(2);
    const answers = await Promise.all(slow);
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect([answers.length - refused.length, refused.length]).toEqual([2, 10]);
    expect(new Set(refused.map(({ headers }) => headers['retry-after']))).toEqual(new Set(['1']));
    // Those who wait for a long read have a place among the user's requests, so later ones may be refused for that.
    const counted = /^ctms_budget_refused_total\{resource="(?:long_reads|requests)",scope="share"\} (\d+)$/gm;
    const { text } = await as(app).get('/metrics');
    const refusals = [...text.matchAll(counted)].map(([, count]) => Number(count));
    expect(refusals.reduce((sum, count) => sum + count, 0)).toBe(10);
  }, 60_000);

  it('close the socket of a client that floods it, also when it comes back', async () => {
    const flood = LiveClient.of(greedy, url);
    await flood.opened;
    for (let i = 0; i < 700; i++) flood.say(i % 2 ? 'broken' : { action: 'none' });
    expect(await flood.closed).toEqual({ code: 1008, reason: 'too many messages' });
    const back = LiveClient.of(greedy, url);
    await back.opened;
    back.say('once more');
    expect((await back.closed).code).toBe(1008);
    const calm = LiveClient.of(other, url);
    await calm.opened;
    calm.say({ action: 'mark_all_read' });
    await expect(calm.answered()).resolves.toEqual({ type: 'all_read_confirmation' });
    calm.socket.close();
  });
});

describe('the budget of unread answers', () => {
  let app: TestApp;
  beforeAll(async () => (app = await TestApp.start({ BUDGETS: 'unread_bytes.process=100000' })));
  afterAll(() => app.stop());

  it('refuses a long read while it is used up, and no change: its answer comes after the commit', async () => {
    const reader = await anActor(app, 'developer');
    const manager = await anActor(app, 'manager');
    const held = app.nest.get(Budgets).count('unread_bytes', reader.id, 90_000);
    const created = await as(manager).post('/api/tasks', {
      title: 'Line breaks',
      description: `First${'\n'.repeat(49_000)}last`,
      assigned_to: reader.id,
      estimated_hours: 1,
      deadline: '2100-01-01T00:00:00Z',
    });
    const { id } = created.body as { id: number };
    const read = await as(manager).get(`/api/tasks/${id}`);
    const changed = await as(manager).patch(`/api/tasks/${id}`, { title: 'More line breaks' });
    held.release();
    expect([created.status, read.status, changed.status]).toEqual([201, 503, 200]);
    expect(await app.rows(sql`SELECT title FROM tasks`)).toEqual([{ title: 'More line breaks' }]);
  });
});

const PAST = 'as_of=2026-01-01T00:00:00Z';

describe('a request that waits for a permit', () => {
  let app: TestApp;
  let url: string;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start({ BUDGETS: 'long_pages.process=1,long_reads.process=1,requests.share=2' });
    url = (await listening(app)).replace('ws', 'http');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  it.each([
    ['long_pages', '/api/tasks?limit=100'],
    ['long_pages', '/api/tags?limit=100'],
    ['long_pages', '/api/audit/entries?limit=100'],
    ['long_pages', '/api/audit/entries?limit=10&q=informed'],
    ['long_pages', '/api/audit/entries?limit=10&reason=informed'],
    ['long_pages', '/api/audit/entries?limit=10&field=status'],
    ['long_pages', '/api/audit/entries?include_total=true&q=informed'],
    ['long_pages', '/api/audit/requests?limit=10&status_code=418'],
    ['long_pages', '/api/audit/requests?limit=10&method=put&path=/api&from=2020-01-01'],
    ['long_pages', '/api/audit/requests?include_total=true&status_code=418'],
    ['long_pages', `/api/tasks?limit=10&${PAST}`],
    ['long_pages', `/api/tasks?include_total=true&${PAST}`],
    ['long_pages', `/api/auth/users?limit=10&${PAST}`],
    ['long_pages', `/api/auth/users?include_total=true&${PAST}`],
    ['requests', '/api/auth/users/me'],
  ] as const)('leaves the queue of %s once its client has gone: %s', async (name, path) => {
    const budgets = app.nest.get(Budgets);
    const held = [budgets.tryAcquire(name, auditor.id), name === 'requests' && budgets.tryAcquire(name, auditor.id)];
    const asked = get(new URL(path, url), { agent: false, headers: { Authorization: `Bearer ${auditor.token}` } });
    asked.on('error', () => undefined);
    await waitFor(() => budgets.waiting(name) === 1);
    asked.destroy();
    await waitFor(() => budgets.waiting(name) === 0);
    held.forEach((permit) => permit && permit.release());
    expect((await as(auditor).get(path)).status).toBe(200);
    expect((await as(app).get('/metrics')).text).not.toContain(`ctms_budget_refused_total{resource="${name}"`);
  });

  it.each([
    '/api/audit/entries?q=informed',
    '/api/audit/entries/export?field=status',
    '/api/audit/requests?method=put',
    '/api/audit/requests/export?status_code=418',
    `/api/tasks?${PAST}`,
    `/api/auth/users?${PAST}`,
  ])('is one for a whole list that scans the trail or the request log, however short it is: %s', async (path) => {
    const budgets = app.nest.get(Budgets);
    const held = budgets.tryAcquire('long_reads', auditor.id);
    const answer = as(auditor).get(path);
    await waitFor(() => budgets.waiting('long_reads') === 1);
    held?.release();
    expect((await answer).status).toBe(200);
    const free = budgets.tryAcquire('long_reads', auditor.id);
    free?.release();
    expect(free).toBeDefined();
  });

  it.each([
    '/api/audit/entries?limit=10&include_total=true&action=task.created&entity_type=task&entity_id=1&from=2026-01-01',
    '/api/audit/entries?action=task.created',
    '/api/audit/requests?limit=50',
    '/api/audit/requests?limit=10&include_total=true&actor=1&path=/api/tasks&from=2026-01-01&to=2026-02-01',
    '/api/audit/requests?status_code=418&method=put&request_id=none',
    '/api/audit/requests/export?path=/api/none',
    '/api/tasks?limit=10&include_total=true&q=informed',
  ])('is none that an index finds: %s', async (path) => {
    const budgets = app.nest.get(Budgets);
    const held = (['long_pages', 'long_reads'] as const).map((name) => budgets.tryAcquire(name, auditor.id));
    expect(held).not.toContain(undefined);
    const { status } = await as(auditor).get(path);
    held.forEach((permit) => permit?.release());
    expect(status).toBe(200);
  });
});
