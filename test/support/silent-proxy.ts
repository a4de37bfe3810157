import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Stands between a product and PostgreSQL, and can cut connections as a firewall does that forgot them: nothing goes on,
 * and nobody is told.
 */
export class SilentProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  /** Those that are cut stay open until the end. */
  private readonly cut: Socket[] = [];

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async before(databaseUrl: string): Promise<SilentProxy> {
    const server = createServer();
    const proxy = new SilentProxy(server, new URL(databaseUrl));
    server.on('connection', (socket) => proxy.pass(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** The address of the database through the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Forwards nothing more on the open connections; new ones work. @returns how many there were */
  cutOpenOnes(): number {
    const count = this.pairs.size;
    for (const [client, server] of this.pairs) {
      client.unpipe().pause();
      server.unpipe().pause();
      this.cut.push(client, server);
    }
    this.pairs.clear();
    return count;
  }

  close(): void {
    this.server.close();
    for (const socket of [...this.cut, ...[...this.pairs].flat()]) socket.destroy();
  }

  private pass(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    const pair = [client, server] as const;
    this.pairs.add(pair);
    client.pipe(server);
    server.pipe(client);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (!this.pairs.delete(pair)) return;
        client.destroy();
        server.destroy();
      });
    }
  }
}
