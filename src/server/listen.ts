import { once } from 'node:events';
import { type Server } from 'node:http';
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config } from '../core/config/config.js';

/** What a host without IPv6 says of an IPv6 address. */
const WITHOUT_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

type Address = Pick<Config, 'hosts' | 'port'>;

/**
 * Fails early, before anything is started or written, where the port cannot be had.
 *
 * @throws Error that says what to do
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
 * Listens on every host of the configuration. Fastify would make one HTTP server each, of which the others know nothing of
 * WebSockets and of requests under way; so the further ones hand their connections to the first.
 *
 * @returns closes the further ones: the first belongs to the application
 */
export async function listen(app: NestFastifyApplication, { hosts, port }: Address): Promise<() => void> {
  const [first = '127.0.0.1', ...others] = hosts;
  const server = app.getHttpServer() as Server;
  await app.listen(port, first).catch((error: unknown) => {
    throw explained(error, port);
  });
  const { port: bound } = server.address() as AddressInfo;
  const hand = (socket: Socket) => void server.emit('connection', socket);
  const further = others.map((host) => ({
    host,
    listener: createServer({ allowHalfOpen: true, noDelay: true }, hand),
  }));
  for (const { host, listener } of further) await bind(listener, bound, host);
  return () => further.forEach(({ listener }) => listener.close());
}

/** Passes over an IPv6 address that this machine has not. @throws Error that says what to do */
async function bind(server: TcpServer, port: number, host: string): Promise<void> {
  try {
    // `::` alone would take IPv4 as well, with addresses of clients in another form.
    server.listen({ port, host, ipv6Only: true });
    await once(server, 'listening');
  } catch (error) {
    if (host.includes(':') && WITHOUT_IPV6.has((error as NodeJS.ErrnoException).code ?? '')) return;
    throw explained(error, port);
  }
}

function explained(error: unknown, port: number): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new Error(`Port ${port} is taken. Use another one: PORT=${port + 1} npm start`);
  if (code === 'EACCES') return new Error(`Port ${port} needs rights that this user has not. Try PORT=8000 npm start`);
  return new Error(`The server cannot listen: ${message}`);
}
