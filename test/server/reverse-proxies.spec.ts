import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LiveClient } from '../support/live.js';
import { waitFor } from '../support/wait-for.js';
import { startProduct, type Product } from '../support/product.js';
import { PROXIES, PUBLIC_HOST, startProxy, type ReverseProxy } from '../support/reverse-proxies.js';

const run = promisify(execFile);
const ORIGIN = `https://${PUBLIC_HOST}`;
const PASSWORD = 'trial-demo-2026';

interface Answer {
  readonly status: number;
  readonly version: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

describe.each(PROXIES)('the product behind $name with gzip, TLS and HTTP/2', (kind) => {
  let product: Product;
  let proxy: ReverseProxy;
  let token: string;

  // Debian's packages; the gate installs them.
  const test = kind.isInstalled ? it : it.skip;

  beforeAll(async () => {
    if (!kind.isInstalled) return;
    product = await startProduct({ PUBLIC_ORIGINS: ORIGIN, TRUSTED_PROXIES: '127.0.0.1' });
    proxy = await startProxy(kind, product.url);
    const answer = await curl('/api/auth/login', ...json('POST', { username: 'manager', password: PASSWORD }));
    token = (JSON.parse(answer.body) as { access: string }).access;
  }, 90_000);
  afterAll(async () => {
    proxy?.stop();
    await product?.stop();
  });

  /** curl over HTTP/2 to the public name. */
  async function curl(path: string, ...args: string[]): Promise<Answer> {
    const bearer =
      args.some((arg) => arg.startsWith('Authorization')) || !token
        ? []
        : ['--header', `Authorization: Bearer ${token}`];
    const { stdout } = await run(
      'curl',
      [
        ...['--silent', '--show-error', '--insecure', '--http2', '--include', '--max-time', '20'],
        ...['--resolve', `${PUBLIC_HOST}:${proxy.port}:127.0.0.1`, '--header', `Origin: ${ORIGIN}`],
        ...bearer,
        ...args,
        `https://${PUBLIC_HOST}:${proxy.port}${path}`,
      ],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    const end = stdout.indexOf('\r\n\r\n');
    const [first = '', ...lines] = stdout.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    );
    const [version = '', status = ''] = first.split(' ');
    return { version, status: Number(status), headers, body: stdout.slice(end + 4) };
  }

  const json = (method: string, body: object) => [
    ...['--request', method, '--header', 'Content-Type: application/json', '--data', JSON.stringify(body)],
  ];

  const newTask = {
    title: 'Zürich: „check“ ICF',
    assigned_to: 2,
    estimated_hours: '1.50',
    deadline: '2100-01-01T00:00:00Z',
  };

  async function aTask(): Promise<{ id: number; etag: string }> {
    const { body } = await curl('/api/tasks', ...json('POST', newTask));
    const { id } = JSON.parse(body) as { id: number };
    const read = await curl(`/api/tasks/${id}`, '--compressed');
    return { id, etag: read.headers.etag ?? '' };
  }

  test('answers over HTTP/2, compressed, from the origin of the page', async () => {
    const list = await curl('/api/tasks', '--compressed');
    expect(list).toMatchObject({ status: 200, version: 'HTTP/2', headers: { 'content-encoding': 'gzip' } });
    expect(JSON.parse(list.body)).not.toHaveLength(0);
    expect((await curl('/api/tasks', '--header', 'Origin: https://elsewhere.example.org')).status).toBe(403);
  });

  test('takes the entity tag that compression made of its own, for a change and for a read', async () => {
    const { id, etag } = await aTask();
    expect(etag).toMatch(/^(W\/)?"1(-gzip)?"$/);
    const same = await curl(`/api/tasks/${id}`, '--compressed', '--header', `If-None-Match: ${etag}`);
    const change = await curl(`/api/tasks/${id}`, ...json('PATCH', { title: 'Seen' }), '--header', `If-Match: ${etag}`);
    if (etag.includes('-gzip')) {
      // Apache writes into the tag itself; no server can distinguish such a tag from another one, so the product says what to do.
      expect(change).toMatchObject({ status: 412 });
      expect(change.body).toContain('A proxy or CDN that compresses or caches answers may have altered it');
      const again = await curl(`/api/tasks/${id}`, ...json('PATCH', { title: 'Seen' }), '--header', 'If-Match: "1"');
      expect(again.status).toBe(200);
    } else {
      expect(same.status).toBe(304);
      expect(change.status).toBe(200);
    }
    const stale = await curl(`/api/tasks/${id}`, ...json('PATCH', { title: 'Late' }), '--header', 'If-Match: "1"');
    expect(stale.status).toBe(412);
  });

  test('pages by links that lead back through the proxy', async () => {
    const { headers } = await curl('/api/tasks?limit=2');
    const next = /<([^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1] ?? '';
    const { pathname, search, host } = new URL(next, `${ORIGIN}/`);
    expect(host.replace(/:\d+$/, '')).toBe(PUBLIC_HOST);
    const page = await curl(`${pathname}${search}`);
    expect(JSON.parse(page.body)).toHaveLength(2);
  });

  test('streams the CSV export whole, with the letters that were typed', async () => {
    await aTask();
    const { body, status } = await curl('/api/tasks/export.csv', '--compressed');
    const count = (JSON.parse((await curl('/api/tasks')).body) as unknown[]).length;
    expect(status).toBe(200);
    expect(body.trimEnd().split('\r\n')).toHaveLength(count + 1);
    expect(body).toContain('Zürich: „check“ ICF');
  });

  test('records the address that the trusted proxy forwards', async () => {
    const forwarded = ['--header', 'X-Forwarded-For: 203.0.113.7'];
    const login = await curl(
      '/api/auth/login',
      ...json('POST', { username: 'auditor', password: PASSWORD }),
      ...forwarded,
    );
    const { access } = JSON.parse(login.body) as { access: string };
    const { body } = await curl('/api/auth/sessions', '--header', `Authorization: Bearer ${access}`);
    expect(JSON.parse(body)).toMatchObject([{ ip_address: '203.0.113.7', current: true }]);
  });

  test('passes WebSockets on', async () => {
    const login = await curl('/api/auth/login', ...json('POST', { username: 'developer', password: PASSWORD }));
    const { access } = JSON.parse(login.body) as { access: string };
    const address = `wss://127.0.0.1:${proxy.port}/ws/notifications/?token=${access}`;
    const client = new LiveClient(address, { Host: PUBLIC_HOST, Origin: ORIGIN }, { rejectUnauthorized: false });
    await client.opened;
    const { id } = await aTask();
    await waitFor(() => client.sent.some(({ notification }) => notification?.task_id === id));
    client.socket.close();
    expect((await client.closed).code).toBe(1005);
  });
});
