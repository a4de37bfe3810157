import { chromium, type Browser, type Page } from 'playwright-core';
import { document, isOfProduct } from '../../support/openapi.js';
import { startProduct, type Product } from '../../support/product.js';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Those that are tried, as the document names them. */
const TRIED = new Set([
  ...['auth_login', 'users_readOwn', 'tags_create', 'tags_list', 'notifications_list', 'analytics_overview'],
  ...['tasks_list', 'tasks_create', 'tasks_bulkUpdate', 'tasks_read', 'tasks_update', 'tasks_replace', 'tasks_history'],
  ...['tasks_exportCsv', 'analytics_team', 'audit_entries', 'audit_requests'],
]);

type Section = Record<string, object>;
interface ServedDocument {
  readonly paths: Record<string, Record<string, { operationId: string }>>;
  readonly components: Record<string, Section>;
}

/** The document with the operations that are tried, as they are, and with what they refer to. */
function narrowed({ paths, components, ...rest }: ServedDocument): ServedDocument {
  const kept: ServedDocument = {
    ...rest,
    paths: {},
    components: { securitySchemes: components.securitySchemes ?? {} },
  };
  const keepReferencesOf = (part: object) => {
    for (const [, kind = '', name = ''] of JSON.stringify(part).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)) {
      const section = (kept.components[kind] ??= {});
      const component = components[kind]?.[name];
      if (!component || name in section) continue;
      section[name] = component;
      keepReferencesOf(component);
    }
  };
  for (const [path, methods] of Object.entries(paths)) {
    const tried = Object.entries(methods).filter(([, { operationId }]) => TRIED.has(operationId));
    if (tried.length > 0) kept.paths[path] = Object.fromEntries(tried);
  }
  keepReferencesOf(kept.paths);
  return kept;
}

// `npm test` needs Node alone; the gate sets CHROMIUM.
(process.env.CHROMIUM ? describe : describe.skip)('Swagger UI in a browser', () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  let url: string;
  /** Warnings of the console, without those about refused requests. */
  const warnings: string[] = [];

  beforeAll(async () => {
    product = await startProduct();
    url = product.url;
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    page.on('console', (message) => {
      const refused = /status of 4\d\d/.test(message.text()) && message.location().url.includes('/api/');
      if (/warning|error/.test(message.type()) && !refused) warnings.push(message.text());
    });
    await page.goto(`${url}/docs`);
    await page.locator('.opblock').first().waitFor();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const blockOf = (operation: string) => page.locator(`#operations-${operation}`);
  const toggle = (operation: string) => blockOf(operation).locator('.opblock-summary-control').click();

  /** Sends an operation as its example stands, and closes it: each open one slows the page down. @returns the status */
  async function execute(operation: string, example?: string): Promise<number> {
    const block = blockOf(operation);
    await toggle(operation);
    if (example) await block.locator('.opblock-section-request-body .examples-select select').selectOption(example);
    const answered = page.waitForResponse((response) => response.url().includes('/api/'));
    await block.locator('.execute').click();
    const { status } = await answered.then((response) => ({ status: response.status() }));
    await block.locator('.live-responses-table').waitFor();
    await toggle(operation);
    return status;
  }

  /** Swagger UI resolves the whole document for each operation that is opened, which takes it seconds. */
  async function showTriedAlone(): Promise<void> {
    const served = (await (await fetch(`${url}/openapi.json`)).json()) as ServedDocument;
    const text = JSON.stringify(narrowed(served));
    await page.evaluate(`ui.specActions.updateSpec(${JSON.stringify(text)})`);
    await blockOf('auth-auth_refresh').waitFor({ state: 'detached' });
  }

  it('describes its tags, and searches paths, summaries and tags', async () => {
    expect(await page.locator('.opblock-tag-section h3 small').count()).toBe(document.tags.length);
    const filter = page.locator('.operation-filter-input');
    await filter.fill('export');
    await blockOf('auth-auth_login').waitFor({ state: 'detached' });
    const found = await page.locator('.opblock-summary-path').allInnerTexts();
    // Extensions have exports too. Swagger UI breaks lines of a path with characters that have no width.
    const ours = found.filter((path) => isOfProduct(path.replaceAll(/[^!-~]/g, ''), 'get'));
    expect(ours).toEqual(
      ['/api/tasks/export.csv', '/api/audit/entries/export', '/api/audit/requests/export', '/api/audit/evidence'].map(
        (path) => expect.stringContaining(path),
      ),
    );
    await filter.fill('');
    await blockOf('auth-auth_login').waitFor();
  }, 180_000);

  it('asks for the access token alone: no script can set a cookie that is HTTP-only', async () => {
    await page.locator('.btn.authorize').click();
    const dialog = page.locator('.dialog-ux');
    expect(await dialog.locator('.auth-container h4').allInnerTexts()).toEqual([
      expect.stringContaining('access-token'),
    ]);
    await dialog.locator('.btn-done').click();
    expect(await blockOf('auth-auth_refresh').locator('.authorization__btn').count()).toBe(0);
  }, 180_000);

  it('signs in with the example, and then every call works as its example stands', async () => {
    await showTriedAlone();
    expect(await execute('tasks-tasks_list')).toBe(401);
    const login = page.waitForRequest((request) => request.url().endsWith('/api/auth/login'));
    expect(await execute('auth-auth_login')).toBe(200);
    expect((await login).headers()['x-captcha-answer'] ?? '').toBe('');
    const created = page.waitForRequest(
      (request) => request.method() === 'POST' && request.url().endsWith('/api/tasks'),
    );
    expect(await execute('tasks-tasks_create')).toBe(201);
    // A reason that no user gave would be a false entry of the audit trail.
    expect((await created).headers()['x-change-reason'] ?? '').toBe('');
    expect(await execute('tasks-tasks_bulkUpdate')).toBe(200);
    expect(await execute('analytics-analytics_overview')).toBe(200);
    expect(await execute('users-users_readOwn')).toBe(200);
    expect(await execute('tags-tags_create')).toBe(201);
    for (const operation of ['read', 'update', 'replace', 'history', 'exportCsv'])
      expect([operation, await execute(`tasks-tasks_${operation}`)]).toEqual([operation, 200]);
  }, 300_000);

  it.each([
    ['developer', { 'tasks-tasks_list': 200, 'tasks-tasks_read': 200, 'analytics-analytics_overview': 200 }],
    ['auditor', { 'tasks-tasks_list': 200, 'audit-audit_entries': 200, 'tasks-tasks_create': 403 }],
    ['manager', { 'tasks-tasks_list': 200, 'audit-audit_requests': 403, 'analytics-analytics_team': 200 }],
  ])(
    'offers a login as the %s, whose calls then work as their examples stand',
    async (name, calls) => {
      const login = page.waitForRequest((request) => request.url().endsWith('/api/auth/login'));
      expect(await execute('auth-auth_login', name)).toBe(200);
      expect((await login).postDataJSON()).toMatchObject({ username: name });
      const own = { 'users-users_readOwn': 200, 'notifications-notifications_list': 200, 'tags-tags_list': 200 };
      for (const [operation, status] of Object.entries({ ...own, ...calls }))
        expect([operation, await execute(operation)]).toEqual([operation, status]);
    },
    180_000,
  );

  it('has a second face in /redoc, from our own files', async () => {
    const foreign: string[] = [];
    page.on(
      'request',
      (request) => request.url().startsWith('http') && !request.url().startsWith(url) && foreign.push(request.url()),
    );
    await page.goto(`${url}/redoc`);
    await page.getByRole('heading', { name: 'Get the entry points' }).waitFor();
    expect(foreign).toEqual([]);
    expect(await page.evaluate('getComputedStyle(document.body).margin')).toBe('0px');
  }, 180_000);

  it('has an icon, and nothing to warn of in the console', async () => {
    for (const path of ['/favicon.svg', '/favicon.ico']) {
      const icon = await fetch(`${url}${path}`);
      expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    }
    expect(warnings).toEqual([]);
  });
});
