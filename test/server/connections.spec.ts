import { once } from 'node:events';
import { connect } from 'node:net';
import { anActor, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { connected } from '../support/database.js';
import { aTask } from '../support/factories.js';
import { waitFor } from '../support/wait-for.js';

describe('arbitrary bytes on a connection', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    await app.nest.listen(0, '127.0.0.1');
  });
  afterAll(() => app.stop());

  /** Sends the bytes and collects the answer until the connection ends. */
  function raw(bytes: string): Promise<string> {
    const { port } = app.server.address() as { port: number };
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket
        .on('data', (data) => (text += String(data)))
        .on('end', () => resolve(text))
        .on('error', reject);
    });
  }

  it('takes a chunked body of nothing for nothing', async () => {
    const head = `POST /api/notifications/mark_all_read HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}`;
    expect(await raw(`${head}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 200/,
    );
  });

  it('answers headers beyond measure as a problem', async () => {
    const answer = await raw(`GET /api/tasks?q=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer).toContain(
      '"title":"The request has more than 16 KiB of address and headers, or more than 1,000 headers"',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431/);
    const { code, request_id } = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as Record<string, string>;
    expect([code, answer]).toEqual(['headers_too_large', expect.stringContaining(`X-Request-Id: ${request_id}`)]);
  });

  it.each([
    ['no Host', ''],
    ['two Hosts', 'Host: x\r\nHost: y\r\n'],
    ['two equal Hosts, one of them in small letters', 'Host: x\r\nhost: x\r\n'],
    ['a Host with a path', 'Host: x/y\r\n'],
    ['a Host with a user', 'Host: me@x\r\n'],
    ['a Host with a blank', 'Host: x y\r\n'],
    ['a Host of an IPv6 address without brackets', 'Host: ::1\r\n'],
  ])('refuses %s as a problem', async (_, hosts) => {
    const answer = await raw(`GET /health HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'bad_request' });
  });

  it.each(['x', 'my_host.example.org:8000', '127.0.0.1:8000', '[::1]:8000', '[fe80::1]', 'x:', ''])(
    'takes the Host "%s"',
    async (host) => {
      const answer = await raw(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 200/);
    },
  );

  it.each(['GET', 'DELETE'])('passes over the wish for another protocol: %s', async (method) => {
    const { id } = await aTask(app, manager.id);
    const wish = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk';
    const head = `${method} /api/tasks/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}\r\n${wish}`;
    expect(await raw(`${head}\r\n\r\n`)).toMatch(method === 'GET' ? /^HTTP\/1\.1 200/ : /^HTTP\/1\.1 204/);
  });

  it('ignores an upgrade request after requests that are still being answered', async () => {
    const { id } = await aTask(app, manager.id);
    const call = (method: string, more: string) =>
      `${method} /api/tasks/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}\r\n${more}\r\n\r\n`;
    const wish = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c';
    const answers = await raw(
      call('GET', 'X-A: b') + call('GET', wish) + call('DELETE', `${wish}\r\nConnection: close`),
    );
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 204']);
  });

  it.each(['/%61pi/auth/users/me?bogus=1', 'http://ctms.test/api/auth/users/me?bogus=1'])(
    'is the API however its address is written: %s',
    async (path) => {
      const id = `written-${path.length}`;
      const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}\r\nX-Request-Id: ${id}`;
      const answer = await raw(`${head}\r\nConnection: close\r\n\r\n`);
      expect([answer.slice(0, 12), /no-store/.test(answer)]).toEqual(['HTTP/1.1 422', true]);
      await app.flushed();
      const [line] = await app.rows(sql`SELECT path, status_code FROM api_audit_logs WHERE request_id = ${id}`);
      expect(line).toEqual({ path: '/api/auth/users/me', status_code: 422 });
    },
  );

  it('distinguishes a body that was cut off from a database that is', async () => {
    const { port } = app.server.address() as { port: number };
    const head = `PATCH /api/tasks/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}\r\nX-Request-Id: cut-off`;
    const socket = connect(port, '127.0.0.1');
    socket.write(`${head}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"tit`, () =>
      socket.destroy(),
    );
    const found = () => app.rows(sql`SELECT status_code FROM api_audit_logs WHERE request_id = 'cut-off'`);
    await waitFor(async () => {
      await app.flushed();
      return (await found()).length > 0;
    });
    expect(await found()).toEqual([{ status_code: 400 }]);
  });

  it('knows where a client was that reset its connection at once, or does nothing', async () => {
    const { id } = await aTask(app, manager.id);
    const { port } = app.server.address() as { port: number };
    const body = '{"title":"Reset"}';
    const head = `PATCH /api/tasks/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}`;
    const bytes = `${head}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    for (let n = 0; n < 10; n++)
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(bytes, () => resolve(void socket.resetAndDestroy())),
        );
        socket.on('error', () => undefined);
      });
    await app.flushed();
    const nowhere = await app.rows(
      sql`SELECT FROM audit_trail WHERE entity_type = 'task' AND entity_id = ${id} AND ip_address IS NULL`,
    );
    expect(nowhere).toEqual([]);
  });

  it('reads on after it has passed over a wish: the body, and the next request', async () => {
    const body = JSON.stringify({ username: 'x', password: 'y' });
    const wish = 'Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Type: application/json';
    const login = `POST /api/auth/login HTTP/1.1\r\nHost: x\r\n${wish}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answers = await raw(`${login}GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  });

  const CONNECT = 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n';

  it.each(['keeps its side open', 'sends more, and closes then'])(
    'lets go of a CONNECT whose client %s',
    async (how) => {
      const { port } = app.server.address() as { port: number };
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(CONNECT));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(String(answer)).toMatch(/^HTTP\/1\.1 405/);
      if (how !== 'keeps its side open') socket.end('xx');
      await waitFor(async () => (await app.connections()) === 0);
      expect(await app.connections()).toBe(0);
      socket.destroy();
    },
  );

  it('outlives resets of connections that Node has handed over', async () => {
    const { port } = app.server.address() as { port: number };
    const { id } = await aTask(app, manager.id);
    const head = `/api/tasks/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}\r\n`;
    const upgrade = `GET ${head}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`;
    const slow = `PATCH ${head}Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{"title":"A"}`;
    await connected(app.database.ownerUrl, async (holder) => {
      await holder.query(`BEGIN; SELECT FROM tasks WHERE id = ${id} FOR UPDATE`);
      for (const [event, bytes] of [
        ['connect', CONNECT],
        ['upgrade', slow + upgrade],
      ] as const) {
        const isHandedOver = once(app.server, event);
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
        socket.on('error', () => undefined);
        await isHandedOver;
        socket.resetAndDestroy();
      }
      await waitFor(async () => (await app.connections()) === 0);
      await holder.query('COMMIT');
    });
    expect(await raw('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200/);
  });

  it('answers broken HTTP without a stack', async () => {
    const answer = await raw('GET / HTTP/9.9\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).not.toContain('node_modules');
  });
});
