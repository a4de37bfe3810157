import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { projectRoot } from '../../src/core/config/project-root.js';
import { startProduct, type Product } from '../support/product.js';

const MAIN = join(projectRoot(), 'dist/main.js');
const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
const external = others.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
/** An address of this machine that only a server on every address has; Linux has all of 127.0.0.0/8. */
const elsewhere = external ?? (process.platform === 'linux' ? '127.0.0.2' : undefined);

describe.each(['1', '2'])('the server with demo data and WORKERS=%s', (WORKERS) => {
  let product: Product;
  let port: string;

  beforeAll(async () => {
    product = await startProduct({ HOST: '', WORKERS, SECRET_KEY: 'k'.repeat(40) });
    port = new URL(product.url).port;
  });
  afterAll(() => product.stop());

  it.each(['127.0.0.1', '[::1]', 'localhost'])('answers at %s', async (host) => {
    expect((await fetch(`http://${host}:${port}/health`)).status).toBe(200);
  });

  it('logs the address that a client over IPv6 has, and takes its WebSockets', async () => {
    const socket = new WebSocket(`ws://[::1]:${port}/ws/notifications/?token=none`);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4001);
  });

  (elsewhere ? it : it.skip)('is reached from this machine alone, since everybody knows the password', async () => {
    await expect(fetch(`http://${elsewhere}:${port}/health`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  });
});

describe('a server that is busy for a moment', () => {
  const CLIENTS = 1200;
  const LIMIT = '/proc/sys/net/core/somaxconn';
  const kernelAllows = existsSync(LIMIT) ? Number(readFileSync(LIMIT, 'utf8')) : 0;

  // The kernel completes the handshake of a connection that waits for being accepted, and drops others without a word.
  (kernelAllows > CLIENTS ? it : it.skip)('keeps all clients that come at once', async () => {
    const product = await startProduct();
    const sockets: Socket[] = [];
    try {
      process.kill(product.pid, 'SIGSTOP');
      const port = Number(new URL(product.url).port);
      const connected = Array.from({ length: CLIENTS }, () => {
        const socket = connect(port, '127.0.0.1');
        sockets.push(socket);
        return once(socket, 'connect');
      });
      await Promise.all(connected);
      process.kill(product.pid, 'SIGCONT');
      const [last] = sockets.slice(-1) as [Socket];
      last.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
      expect(String((await once(last, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
    } finally {
      process.kill(product.pid, 'SIGCONT');
      sockets.forEach((socket) => socket.destroy());
      await product.stop();
    }
  });
});

describe('a port that is taken', () => {
  it('is reported before anything is started or written, with another one to try', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const folder = mkdtempSync(join(tmpdir(), 'ctms-port-'));
    const dataDir = join(folder, 'data');
    const env = { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir };
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], { env, cwd: folder, encoding: 'utf8' });
    taken.close();
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `Port ${port} is taken. Use another one: PORT=${port + 1} npm start\n`,
    });
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    rmSync(folder, { recursive: true, force: true });
  });
});
