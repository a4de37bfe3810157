import { once } from 'node:events';
import { type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { TestApp } from '../support/app.js';

const PAGE = 'http://localhost:5173';
const LIMITS = { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_PUBLIC_PER_MINUTE: '3', ENVIRONMENT: 'development' };

describe('an answer to a page of an allowed origin can be read by it', () => {
  let app: TestApp;
  let server: Server;

  beforeAll(async () => {
    app = await TestApp.start({ ...LIMITS, DEMO_DATA: 'false' });
    server = app.server as Server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => app.stop());

  const opened = (): Socket => connect((server.address() as AddressInfo).port, '127.0.0.1');
  async function answerTo(socket: Socket): Promise<string> {
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    await once(socket, 'close');
    return Buffer.concat(parts).toString('latin1');
  }
  async function raw(text: string): Promise<string> {
    const socket = opened();
    socket.end(text);
    return answerTo(socket);
  }
  const head = (line: string, ...more: string[]) => `${[line, 'Host: x', `Origin: ${PAGE}`, ...more].join('\r\n')}\r\n`;
  function expectReadable(answer: string, status: number): void {
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(new RegExp(`^access-control-allow-origin: ${PAGE}\r$`, 'im'));
    expect(answer).toMatch(/^access-control-allow-credentials: true\r$/im);
    expect(answer).toMatch(/^access-control-expose-headers: .*X-Request-Id.*Retry-After/im);
    expect(answer.match(/^access-control-allow-origin:/gim)).toHaveLength(1);
  }

  it('where the path is unknown, and beyond the rate limit', async () => {
    const ask = () => app.nest.inject({ url: '/api/nowhere', headers: { origin: PAGE }, remoteAddress: '192.0.2.1' });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) {
      const { statusCode, headers } = await ask();
      statuses.push(statusCode);
      expect(headers['access-control-allow-origin']).toBe(PAGE);
      expect(headers['access-control-expose-headers']).toContain('Retry-After');
    }
    expect(statuses).toEqual([404, 404, 404, 429]);
  });

  it('also as a preflight beyond the rate limit', async () => {
    for (const url of ['/api/nowhere', '/api/tasks']) {
      const headers = { origin: PAGE, 'access-control-request-method': 'PATCH' };
      const answer = await app.nest.inject({ method: 'OPTIONS', url, headers, remoteAddress: '192.0.2.1' });
      expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([204, PAGE]);
    }
  });

  it('with an Idempotency-Key: the preflight lets it through, and the page reads whether it was replayed', async () => {
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' };
    const options = { method: 'OPTIONS', url: '/api/tasks', remoteAddress: '192.0.2.3' } as const;
    const { headers } = await app.nest.inject({ ...options, headers: { origin: PAGE, ...asked } });
    expect(headers['access-control-allow-headers']).toContain('idempotency-key');
    const answer = await app.nest.inject({ ...options, method: 'POST', headers: { origin: PAGE } });
    expect(answer.headers['access-control-expose-headers']).toMatch(/(?:^|, )Idempotency-Replayed(?:,|$)/);
  });

  it('with all headers that a page has to read', async () => {
    const { headers } = await app.nest.inject({
      url: '/api/tasks',
      headers: { origin: PAGE },
      remoteAddress: '192.0.2.4',
    });
    const exposed = String(headers['access-control-expose-headers']).split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining([
        ...['ETag', 'Link', 'Retry-After', 'X-New-Access-Token', 'X-Process-Time', 'X-Request-Id', 'X-Total-Count'],
      ]),
    );
  });

  it('where the body is too large (413)', async () => {
    const length = 2 * 1024 * 1024;
    const start = head('POST /api/auth/login HTTP/1.1', 'Content-Type: application/json', `Content-Length: ${length}`);
    const socket = opened();
    socket.write(`${start}\r\n{`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expectReadable(answer.toString('latin1'), 413);
    socket.destroy();
  });

  it('where an expectation is unmet (417)', async () => {
    expectReadable(await raw(`${head('POST /api/auth/login HTTP/1.1', 'Expect: wonders')}\r\n`), 417);
  });

  it('where the headers are too long (431)', async () => {
    expectReadable(await raw(`${head('GET /api/tasks HTTP/1.1', `Cookie: ${'x'.repeat(20_000)}`)}\r\n`), 431);
  });

  it('where it is no HTTP (400)', async () => {
    expectReadable(await raw(`${head('GET /api/tasks HTTP/1.1', 'bad header')}\r\n`), 400);
  });

  it('where the address cannot be read (414)', async () => {
    const headers = { origin: PAGE, host: 'x' };
    const answer = await app.nest.inject({ url: `/api/tasks/${'a'.repeat(20_000)}`, headers });
    expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([414, 'The address is too long']);
    expect(answer.headers['access-control-allow-origin']).toBe(PAGE);
  });

  it('where the rest of the request does not come (408)', async () => {
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const socket = opened();
    const requested = once(server, 'request');
    socket.write(
      `${head('POST /api/auth/login HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 9')}\r\n{`,
    );
    const [served] = await connected;
    await requested;
    // As Node does after the time-out of a request.
    server.emit('clientError', Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), served);
    expectReadable(await answerTo(socket), 408);
  });

  it('but not to a page of another origin', async () => {
    for (const text of [
      `GET /api/tasks HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nbad header\r\n\r\n`,
      `GET /api/nowhere HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n`,
    ])
      expect(await raw(text)).not.toMatch(/access-control-allow-origin/i);
  });
});
