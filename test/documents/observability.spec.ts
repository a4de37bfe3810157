import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../src/core/config/project-root.js';
import { Database } from '../../src/infrastructure/database/database.js';
import { anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { connected } from '../support/database.js';
import { startProduct, type Product } from '../support/product.js';
import { Samples } from '../support/prometheus-samples.js';
import { evaluate, selectorsOf } from '../support/promql.js';
import { waitFor } from '../support/wait-for.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const read = (name: string) => readFileSync(join(projectRoot(), 'docs/observability', name), 'utf8');
const rules = (parse(read('alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('dashboard.json')) as { panels: Panel[] };
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr: expr.replaceAll('$__rate_interval', '5m') })),
);

/** Made by Prometheus itself, with the labels of the scrape configuration. */
const OF_PROMETHEUS: Readonly<Record<string, readonly string[]>> = { up: ['app', 'instance'] };
/** Show nothing while nothing is wrong. */
const EMPTY_IN_HEALTH = new Set(['Share of server errors', 'Runs of jobs that failed']);
/** Depend on how busy the machine of the test is. */
const ABOUT_TIMES = new Set(['CtmsEventLoopBlocked', 'CtmsSlowRequests']);
const SETTINGS = { WORKERS: '2', RATE_LIMIT_PUBLIC_PER_MINUTE: '12', BUDGETS: 'sign_ups.share=1' };

async function traffic({ url }: Product): Promise<void> {
  const post = (path: string, body: object) =>
    fetch(`${url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  for (let i = 0; i < 3; i++)
    await post('register', { username: `user${i}`, email: `user${i}@example.org`, password: 'quiet-harbour-71-lamp' });
  await post('login', { username: 'manager', password: 'trial-demo-2026' });
  for (let i = 0; i < 20; i++) await fetch(`${url}/api/tasks`);
}

const scrape = async ({ url }: Product) => (await fetch(`${url}/metrics`)).text();

describe('docs/observability', () => {
  let product: Product;
  const samples = new Samples();
  let text = '';

  beforeAll(async () => {
    product = await startProduct(SETTINGS);
    await connected(product.database.ownerUrl, (client) =>
      client.query(`INSERT INTO pgboss.job (name, start_after) VALUES ('mail', now() + interval '1 day')`),
    );
    await traffic(product);
    await waitFor(async () => {
      text = await scrape(product);
      return text.includes('ctms_mails_total{') && text.includes('ctms_job_runs_total{');
    }, 60_000);
    samples.add(text, 1000);
    await traffic(product);
    samples.add(await scrape(product), 1060);
  }, 180_000);
  afterAll(() => product.stop());

  const all = [...queries, ...rules.map(({ alert, expr }) => ({ title: alert, expr }))];

  it('has a dashboard of two dozen panels, and alert rules', () => {
    expect(queries.length).toBeGreaterThan(24);
    expect(rules.length).toBeGreaterThan(10);
  });

  it.each(all)('names metrics and labels that the product has: $title: $expr', ({ expr }) => {
    const selected = selectorsOf(expr);
    expect(selected.length).toBeGreaterThan(0);
    for (const { metric, labels } of selected) {
      const series = samples.instant((each) => each.labels.__name__ === metric);
      expect([metric, series.length > 0]).toEqual([metric, true]);
      const known = OF_PROMETHEUS[metric] ?? series.flatMap((each) => Object.keys(each.labels));
      expect([metric, labels.filter((label) => !known.includes(label))]).toEqual([metric, []]);
    }
  });

  it.each(queries)('has values for $title: $expr', ({ title, expr }) => {
    const result = evaluate(expr, samples);
    if (!EMPTY_IN_HEALTH.has(title)) expect(result).not.toEqual([]);
    for (const { value } of result) expect(typeof value).toBe('number');
  });

  it.each(rules.filter(({ alert }) => !ABOUT_TIMES.has(alert)))(
    'has an alert $alert that is silent in health',
    async (rule) => {
      // A state that has to last may be there for a moment.
      if (rule.for !== undefined && evaluate(rule.expr, samples).length > 0)
        await waitFor(async () => {
          const later = new Samples().add(text, 1000).add(await scrape(product), 1060);
          return evaluate(rule.expr, later).length === 0;
        });
      else expect(evaluate(rule.expr, samples)).toEqual([]);
    },
  );

  it.each(rules)('says for $alert how urgent it is and what to do', ({ expr, labels, annotations, for: duration }) => {
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(annotations.summary).toBeTruthy();
    expect(annotations.action).toMatch(/\.$/);
    // An event stays true for the range of its increase; a state has to last.
    expect(duration !== undefined || expr.includes('increase(')).toBe(true);
    const inText = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    const named = selectorsOf(expr).flatMap(({ metric, labels: own }) => [...own, ...(OF_PROMETHEUS[metric] ?? [])]);
    expect(inText.filter((label) => !named.includes(label ?? ''))).toEqual([]);
  });

  it('is refused where a query has a mistake', () => {
    expect(() => evaluate('sum(rate(ctms_mails_total[5m])', samples)).toThrow(/Syntax error/);
    expect(() => evaluate('sort(ctms_mails_total)', samples)).toThrow(/Not evaluated/);
  });
});

describe('the alert', () => {
  const exprOf = (name: string) => rules.find(({ alert }) => alert === name)?.expr ?? '';
  const metrics = async (app: TestApp) => (await as(app).get('/metrics')).text;

  it('CtmsServerErrors fires where requests fail, and names their share', async () => {
    const app = await TestApp.start();
    const manager = await anActor(app, 'manager');
    await as(manager).get('/api/tags');
    await app.rows(sql`ALTER TABLE tags RENAME TO tags_away`);
    await as(manager).get('/api/tags');
    const samples = new Samples().add(await metrics(app), 0);
    for (let i = 0; i < 3; i++) expect((await as(manager).get('/api/tags')).status).toBeGreaterThanOrEqual(500);
    await app.rows(sql`ALTER TABLE tags_away RENAME TO tags`);
    for (let i = 0; i < 3; i++) await as(manager).get('/api/tags');
    samples.add(await metrics(app), 60);
    const [firing] = evaluate(exprOf('CtmsServerErrors'), samples);
    // Three of six, and perhaps the scrape itself.
    expect(firing?.value).toBeGreaterThan(0.4);
    expect(firing?.value).toBeLessThanOrEqual(0.5);
    await app.stop();
  }, 60_000);

  it('CtmsDatabasePoolExhausted fires where requests wait for a connection', async () => {
    const app = await TestApp.start({ DATABASE_POOL_SIZE: '1' });
    const { pool } = app.nest.get(Database);
    const held = await pool.connect();
    const waiting = pool.query('SELECT 1');
    const scraped = metrics(app);
    // The scrape's own statements come after its gauges.
    await waitFor(() => pool.waitingCount > 1);
    held.release();
    await waiting;
    const [firing] = evaluate(exprOf('CtmsDatabasePoolExhausted'), new Samples().add(await scraped, 0));
    expect(firing?.value).toBeGreaterThanOrEqual(1);
    expect(evaluate(exprOf('CtmsDatabasePoolExhausted'), new Samples().add(await metrics(app), 0))).toEqual([]);
    await app.stop();
  }, 60_000);

  it('CtmsJobsGivenUp fires for the queue whose job failed for good', async () => {
    const app = await TestApp.start();
    const firing = async () => evaluate(exprOf('CtmsJobsGivenUp'), new Samples().add(await metrics(app), 0));
    expect(await firing()).toEqual([]);
    await app.rows(sql`INSERT INTO pgboss.job (name, state) VALUES ('mail', 'failed')`);
    expect(await firing()).toEqual([{ labels: { job: 'mail' }, value: 1 }]);
    await app.stop();
  }, 60_000);
});
