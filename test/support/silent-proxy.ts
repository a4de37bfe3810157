import { connect, type Socket } from 'node:net';
import { listenBefore, type TcpProxy } from './tcp-proxy.js';

/**
 * Stands between a product and PostgreSQL, and can cut connections as a firewall does that forgot them: nothing goes on,
 * without notice to either end.
 */
export class SilentProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  /** Those that are cut stay open until the end. */
  private readonly cut: Socket[] = [];

  private listener: TcpProxy;

  static async before(databaseUrl: string): Promise<SilentProxy> {
    const proxy = new SilentProxy();
    proxy.listener = await listenBefore(databaseUrl, (client, target) => proxy.pass(client, target));
    return proxy;
  }

  /** The address of the database through the proxy. */
  get url(): string {
    return this.listener.url;
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
    this.listener.close();
    for (const socket of [...this.cut, ...[...this.pairs].flat()]) socket.destroy();
  }

  private pass(client: Socket, target: URL): void {
    const server = connect(Number(target.port), target.hostname);
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
