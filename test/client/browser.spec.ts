import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createClient, type CtmsClient } from '../../client/src/index.js';
import { projectRoot } from '../../src/core/config/project-root.js';
import { startProduct, type Product } from '../support/product.js';

const ROOT = projectRoot();
const DRAFT = { title: 'Close-out visit', estimated_hours: '6.00', deadline: '2100-01-01T00:00:00Z', assigned_to: 2 };
/** The page of the documentation. */
const [, PAGE = ''] = /^```html\n(.*?)^```$/ms.exec(readFileSync(join(ROOT, 'docs/client.md'), 'utf8')) ?? [];
const CREDENTIALS = { username: 'manager', password: 'trial-demo-2026' };

// `npm test` needs Node alone; the gate sets CHROMIUM.
(process.env.CHROMIUM ? describe : describe.skip)('a page of another origin with the client', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctms-browser-'));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const files: Record<string, [string, string]> = {
      '/ctms-client.js': ['text/javascript', join(folder, 'index.js')],
      '/example': ['text/html', join(ROOT, 'examples/spa/index.html')],
    };
    if (pathname === '/page') return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE);
    const [type, file] = files[pathname] ?? [];
    if (!type || !file) return response.writeHead(404).end();
    return response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(readFileSync(file));
  });
  let origin: string;
  let api: string;
  let product: Product;
  let browser: Browser;
  let page: Page;
  let manager: CtmsClient;
  const faults: string[] = [];

  beforeAll(async () => {
    server.listen(0, 'localhost');
    await once(server, 'listening');
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    await promisify(execFile)(process.execPath, [join(ROOT, 'client/build.mjs'), folder]);
    product = await startProduct({ ALLOWED_ORIGINS: origin });
    api = product.url.replace('127.0.0.1', 'localhost');
    manager = createClient({ baseUrl: product.url });
    await manager.signIn(CREDENTIALS);
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '', args: ['--no-sandbox'] });
  }, 120_000);
  beforeEach(async () => {
    faults.length = 0;
    page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => faults.push(String(error)));
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    server.close();
    await browser?.close();
    await product?.stop();
    rmSync(folder, { recursive: true });
  });

  it('signs in, lists and gets a live change, in less than 40 lines', async () => {
    expect(PAGE.split('\n').length).toBeLessThan(40);
    await page.goto(`${origin}/page?api=${api}`);
    await page.getByText('subscribed').waitFor();
    expect(await page.locator('#who').textContent()).toBe('developer');
    const titles = (await manager.get('/api/tasks', { params: { query: { assigned_to: [2] } } })).map(
      ({ title }) => title,
    );
    expect(await page.locator('#tasks li').allTextContents()).toEqual(titles);
    await manager.post('/api/tasks', { body: DRAFT });
    await page.getByText('Close-out visit was created').waitFor();
    expect(faults).toEqual([]);
  }, 60_000);

  it('shows the example: signs in, lists, changes a task, shows a notification and live changes', async () => {
    await page.goto(`${origin}/example?api=${api}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('manager, manager').waitFor();
    const { id } = await manager.post('/api/tasks', { body: { ...DRAFT, title: 'Archive the file', assigned_to: 1 } });
    await page.getByText('manager gave you the task "Archive the file"').waitFor();
    const row = page.locator(`#task-${id}`);
    await row.getByText('Archive the file: pending').waitFor();
    await row.getByRole('button', { name: 'in_progress' }).click();
    await row.getByText('Archive the file: in_progress').waitFor();
    await page.getByText(`Task ${id} was updated`).waitFor();
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    await manager.delete('/api/tasks/{id}', { params: { path: { id } }, body: { reason: 'Filed twice' } });
    await row.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  }, 60_000);

  it('continues the session of the example after a reload', async () => {
    await page.goto(`${origin}/example?api=${api}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('manager, manager').waitFor();
    await page.reload();
    await page.getByText('manager, manager').waitFor();
    await page.locator('#tasks li').first().waitFor();
    expect(faults).toEqual([]);
  }, 60_000);
});
