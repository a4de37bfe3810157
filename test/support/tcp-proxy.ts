import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  /** The address of the database through the proxy. */
  readonly url: string;
  /** Accepts no more connections; those that are open are the caller's. */
  close(): void;
}

/** Listens in front of a database. @param pass is given each connection of a client, and the database's address */
export async function listenBefore(
  databaseUrl: string,
  pass: (client: Socket, target: URL) => void,
): Promise<TcpProxy> {
  const target = new URL(databaseUrl);
  const server = createServer((client) => pass(client, target));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, close: () => server.close() };
}
