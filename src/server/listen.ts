import { once } from 'node:events';
import { type Server } from 'node:http';
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config } from '../core/config/config.js';

/** Error codes of a host without IPv6. */
const WITHOUT_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

/**
 * Connections that may wait for being accepted; the kernel allows no more than `net.core.somaxconn`. Beyond it a client tries
 * again after one second, then three: with Node's 511, clients that come at once after a pause waited that long.
 */
const BACKLOG = 4096;

type Address = Pick<Config, 'hosts' | 'port'>;

/**
 * Asserts early, before anything is started or written, that the port is free.
 *
 * @throws Error with instructions
 */
export async function assertPortFree({ hosts, port }: Address): Promise<void> {
  if (port === 0) return;
  for (const host of hosts) {
    const probe = createServer();
    try {
      await bind(probe, port, host);
    } finally {
      probe.close();
    }
  }
}

/**
 * Returns the configured port, or a free one where it is 0. Workers are given it: with 0, one that replaces the first would
 * get another port than the others.
 */
export async function resolvePort({ hosts, port }: Address): Promise<number> {
  let free = port;
  for (const host of hosts) {
    if (free !== 0) break;
    const probe = createServer();
    try {
      await bind(probe, 0, host);
      // None on a machine without IPv6.
      free = (probe.address() as AddressInfo | null)?.port ?? 0;
    } finally {
      probe.close();
    }
  }
  return free;
}

/**
 * Listens on every configured host. Fastify would create an HTTP server for each, and WebSockets and the tracking of
 * responses know only the first; so the others pass their connections on to it.
 *
 * @returns closes the others: the first belongs to the application
 */
export async function listen(app: NestFastifyApplication, { hosts, port }: Address): Promise<() => void> {
  const [first = '127.0.0.1', ...others] = hosts;
  const server = app.getHttpServer() as Server;
  await app.listen({ port, host: first, backlog: BACKLOG }).catch((error: unknown) => {
    throw explained(error, port);
  });
  const { port: bound } = server.address() as AddressInfo;
  const passOn = (socket: Socket) => void server.emit('connection', socket);
  const further = others.map((host) => ({
    host,
    listener: createServer({ allowHalfOpen: true, noDelay: true }, passOn),
  }));
  for (const { host, listener } of further) await bind(listener, bound, host);
  return () => further.forEach(({ listener }) => listener.close());
}

/** Listens; skips an IPv6 address on a machine without IPv6. @throws Error with instructions */
async function bind(server: TcpServer, port: number, host: string): Promise<void> {
  try {
    // `::` alone would accept IPv4 as well, with client addresses in another form.
    server.listen({ port, host, ipv6Only: true, backlog: BACKLOG });
    await once(server, 'listening');
  } catch (error) {
    if (host.includes(':') && WITHOUT_IPV6.has((error as NodeJS.ErrnoException).code ?? '')) return;
    throw explained(error, port);
  }
}

function explained(error: unknown, port: number): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new Error(`Port ${port} is taken. Use another one: PORT=${port + 1} npm start`);
  if (code === 'EACCES')
    return new Error(`Port ${port} needs privileges that this user lacks. Try PORT=8000 npm start`);
  return new Error(`The server cannot listen: ${message}`);
}
