import { chromium, type Browser, type Page } from 'playwright-core';
import { startProduct, type Product } from './support/product.js';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// `npm test` needs Node alone; the gate sets CHROMIUM.
(process.env.CHROMIUM ? describe : describe.skip)('Swagger UI in a browser', () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  let url: string;

  beforeAll(async () => {
    product = await startProduct();
    url = product.url;
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  /** Sends an operation as its example stands. @returns the status */
  async function execute(operation: string): Promise<number> {
    const block = page.locator(`#operations-${operation}`);
    await block.locator('.opblock-summary-control').click();
    const answered = page.waitForResponse((response) => response.url().includes('/api/'));
    await block.locator('.execute').click();
    return (await answered).status();
  }

  it('signs in with the example, and then every call works as its example stands', async () => {
    await page.goto(`${url}/docs`);
    expect(await execute('tasks-tasks_list')).toBe(401);
    expect(await execute('auth-auth_login')).toBe(200);
    await page.locator('#operations-auth-auth_login .live-responses-table').waitFor();
    const created = page.waitForRequest(
      (request) => request.method() === 'POST' && request.url().endsWith('/api/tasks'),
    );
    expect(await execute('tasks-tasks_create')).toBe(201);
    // A reason that nobody gave would be a false entry of the audit trail.
    expect((await created).headers()['x-change-reason'] ?? '').toBe('');
    expect(await execute('tasks-tasks_bulkUpdate')).toBe(200);
    expect(await execute('analytics-analytics_overview')).toBe(200);
    expect(await execute('users-users_readOwn')).toBe(200);
    expect(await execute('tags-tags_create')).toBe(201);
    for (const operation of ['read', 'update', 'replace', 'history', 'exportCsv'])
      expect([operation, await execute(`tasks-tasks_${operation}`)]).toEqual([operation, 200]);
  }, 120_000);

  it('has a second face in /redoc, from our own files', async () => {
    const foreign: string[] = [];
    page.on(
      'request',
      (request) => request.url().startsWith('http') && !request.url().startsWith(url) && foreign.push(request.url()),
    );
    await page.goto(`${url}/redoc`);
    await page.getByRole('heading', { name: 'Where to start' }).waitFor();
    expect(foreign.filter((address) => !address.endsWith('logo-mini.svg'))).toEqual([]);
  }, 60_000);
});
