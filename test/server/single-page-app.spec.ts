import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startProduct, type Product } from '../support/product.js';

/** Origin of a development server: another origin than the API, of the same site, that may call it unasked. */
const PORTS = [5173, 3000];
const HTML = readFileSync(join(__dirname, '../support/single-page-app.html'), 'utf8');
const DEMO = 'trial-demo-2026';
const PASSWORD = 'correct horse battery';

/** Serves the page on the first of those ports that is free. @returns its origin */
async function serve(server: Server, [port, ...others] = PORTS): Promise<string> {
  server.listen(port, 'localhost');
  try {
    await once(server, 'listening');
    return `http://localhost:${port}`;
  } catch (error) {
    if (others.length === 0) throw error;
    return serve(server, others);
  }
}

/** A zone in which it is this hour now. */
function zoneAt(hour: number): string {
  const ahead = ((hour - new Date().getUTCHours() + 36) % 24) - 12;
  // By their own convention the sign is the other way round.
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

// `npm test` needs Node alone; the gate sets CHROMIUM.
(process.env.CHROMIUM ? describe : describe.skip)('a single-page app written for the replaced back ends', () => {
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end(HTML));
  let origin: string;
  let product: Product;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let calls: string[];

  beforeAll(async () => {
    origin = await serve(server);
    // The tokens are always in their last two minutes, so every answer brings a fresh one.
    product = await startProduct({ CREDENTIAL_FAILURE_STATUS: '400', ACCESS_TOKEN_EXPIRE_MINUTES: '2' });
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '', args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    server.close();
    await browser?.close();
    await product?.stop();
  });

  beforeEach(async () => {
    calls = [];
    context = await browser.newContext();
    page = await context.newPage();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith('/api/')) calls.push(`${response.request().method()} ${pathname} ${response.status()}`);
    });
    await page.goto(`${origin}/?api=${product.url.replace('127.0.0.1', 'localhost')}`);
  });
  afterEach(() => context.close());

  /** Message of the app at the end. */
  async function said(): Promise<string> {
    await page.waitForFunction("!['', '…'].includes(document.getElementById('message').textContent)");
    return (await page.locator('#message').textContent()) ?? '';
  }
  async function submit(form: string, values: Record<string, string>): Promise<string> {
    for (const [name, value] of Object.entries(values)) await page.fill(`#${form} [name=${name}]`, value);
    await page.click(`#${form} button`);
    return said();
  }
  async function press(selector: string): Promise<string> {
    await page.click(selector);
    return said();
  }
  const signUp = (username: string, timezone: string, password = PASSWORD) =>
    submit('sign-up', { username, email: `${username}@mail.test`, password, timezone });
  const signIn = (username: string, password: string) => submit('sign-in', { username, password });
  const onBoard = (title: string, button: string) => press(`#board li:has-text("${title}") button:text("${button}")`);
  const token = () => page.evaluate<string>("localStorage.getItem('access')");
  const figures = async () =>
    JSON.parse((await page.locator('#figures').textContent()) ?? '') as { my_tasks: object; team_tasks: object };

  it('a developer signs up, verifies, signs in, works on the board and signs out', async () => {
    expect(await signUp('asha', zoneAt(12), 'asha@mail.test')).toMatch(/password/i);
    expect(await signUp('asha', zoneAt(12))).toBe('Email verified successfully');
    expect(await signUp('ASHA', zoneAt(12))).toBe('Username already registered');
    expect(await signIn('asha', 'wrong')).toBe('Incorrect username or password');
    expect(await signIn('asha', PASSWORD)).toBe('asha, developer');
    expect(await press('#load')).toBe('0 tasks');
    expect(await submit('create', { title: 'Own', assigned_to: '' })).toBe('Created Own');
    expect(await submit('create', { title: 'Given', assigned_to: '1' })).toBe('You may create tasks for yourself only');
    expect(await press('#load')).toBe('1 tasks');
    expect(await onBoard('Own', 'Rename')).toBe('Renamed to Own!, 1 tasks');
    expect(await onBoard('Own!', 'Start')).toBe('in_progress');
    expect(await press('#complete-all')).toBe('1 tasks updated successfully.');
    expect(await press('#dashboard')).toBe('Figures');
    expect(await figures()).toMatchObject({ my_tasks: { total: 1, completed: 1 }, efficiency_score: 100 });
    expect(await press('#sign-out')).toBe('Logged out successfully');
    expect(await press('#load')).toMatch(/sign in again/);
  }, 60_000);

  it('a developer at night sees when it is allowed', async () => {
    await signUp('night', zoneAt(0));
    await signIn('night', PASSWORD);
    expect(await submit('create', { title: 'Late' })).toMatch(
      /^You may create tasks within your working hours only: next from .* 09:00 /,
    );
    expect(await press('#load')).toBe('0 tasks');
  }, 60_000);

  it('a manager leads the whole board', async () => {
    expect(await signIn('manager', DEMO)).toBe('manager, manager');
    expect(await submit('create', { title: 'For the developer', assigned_to: '2' })).toBe('Created For the developer');
    expect(await press('#load')).toMatch(/^\d+ tasks$/);
    expect(await onBoard('For the developer', 'Rename')).toContain('Renamed to For the developer!');
    expect(await onBoard('For the developer!', 'Delete')).toBe('Deleted: null');
    const before = Number((await press('#load')).split(' ')[0]);
    expect(await press('#dashboard')).toBe('Figures');
    expect(await figures()).toMatchObject({ team_tasks: { total: before } });
  }, 60_000);

  it('an auditor sees everything, changes nothing and sees the refusal', async () => {
    expect(await signIn('auditor', DEMO)).toBe('auditor, auditor');
    expect(await press('#load')).not.toBe('0 tasks');
    expect(await press('#board li >> nth=0 >> button:text("Rename")')).toBe('Your role (auditor) may not edit tasks');
    expect(await submit('create', { title: 'No' })).toBe('Your role (auditor) may not create tasks');
    expect(await press('#complete-all')).toBe('Your role (auditor) may not edit tasks');
    expect(await press('#dashboard')).toBe('Figures');
  }, 60_000);

  it('a broken access token is refreshed once, unseen, and every answer brings a fresh one', async () => {
    await signIn('auditor', DEMO);
    await page.evaluate("localStorage.setItem('access', 'garbage')");
    await page.reload();
    calls = [];
    expect(await press('#load')).toMatch(/^[1-9]\d* tasks$/);
    expect(calls.filter((call) => !call.startsWith('OPTIONS'))).toEqual([
      'GET /api/tasks/ 401',
      'POST /api/auth/refresh/ 200',
      'GET /api/tasks/ 200',
    ]);
    const first = await token();
    await press('#load');
    expect(await token()).not.toBe(first);
  }, 60_000);

  it('without a session it asks to sign in, and does not wait for itself', async () => {
    expect(await press('#load')).toMatch(/sign in again/);
    expect(calls.filter((call) => !call.startsWith('OPTIONS'))).toEqual([
      'GET /api/tasks/ 401',
      'POST /api/auth/refresh/ 400',
    ]);
  }, 60_000);

  it('the bell of a developer rings when a manager in another browser assigns a task', async () => {
    await signIn('developer', DEMO);
    const bell = page.locator('#bell');
    const unread = Number(await bell.textContent());
    const desk = await browser.newContext();
    const [own, other] = [page, await desk.newPage()];
    await other.goto(own.url());
    page = other;
    await signIn('manager', DEMO);
    expect(await submit('create', { title: 'Rings', assigned_to: '2' })).toBe('Created Rings');
    expect(await submit('create', { title: 'Rings again', assigned_to: '2' })).toBe('Created Rings again');
    page = own;
    const rings = (text: string) => page.waitForFunction(`document.getElementById('bell').textContent === '${text}'`);
    await rings(String(unread + 2));
    await page.click('#read-one');
    await rings(String(unread + 1));
    await page.click('#read-all');
    await rings('0');
    expect(await press('#sign-out')).toBe('Logged out successfully');
    await rings('closed with 4001');
    await desk.close();
  }, 60_000);

  it('five wrong passwords bring the question, and the right answer lets in', async () => {
    await signUp('guess', 'UTC');
    for (let n = 0; n < 5; n++) expect(await signIn('guess', 'wrong')).toBe('Incorrect username or password');
    expect(await signIn('guess', PASSWORD)).not.toBe('guess, developer');
    const question = (await page.locator('#question[open]').textContent()) ?? '';
    expect(question).toMatch(/^\d+ \+ \d+$/);
    expect(await submit('sign-in', { answer: '0' })).not.toBe('guess, developer');
    const [a = 0, b = 0] = question.split(' + ').map(Number);
    expect(await submit('sign-in', { answer: String(a + b) })).toBe('guess, developer');
  }, 60_000);
});
