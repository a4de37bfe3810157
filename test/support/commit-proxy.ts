import { connect, type Socket } from 'node:net';
import { listenBefore, type TcpProxy } from './tcp-proxy.js';

/**
 * Point at which a connection breaks: PostgreSQL has committed and its answer is lost, or COMMIT itself never arrives. Or it does not
 * break, and the answer never comes.
 */
type Loss = 'answer' | 'commit' | 'silence';

const COMMIT = 'COMMIT\0';

/** Stands between a product and PostgreSQL, and breaks the connection of one transaction at its COMMIT, or of one statement. */
export class CommitProxy {
  private readonly sockets = new Set<Socket>();
  private awaited: { readonly mark: string; readonly loss: Loss; readonly tag: string } | undefined;
  /** Number of broken connections. */
  broken = 0;
  /** Number of withheld answers to a COMMIT. */
  silent = 0;

  private listener: TcpProxy;

  static async before(databaseUrl: string): Promise<CommitProxy> {
    const proxy = new CommitProxy();
    proxy.listener = await listenBefore(databaseUrl, (client, target) => proxy.pass(client, target));
    return proxy;
  }

  /** The address of the database through the proxy. */
  get url(): string {
    return this.listener.url;
  }

  /**
   * Breaks the connection of the next transaction whose statements contain `mark`.
   *
   * @param tag of the command whose answer is lost; a statement without a transaction commits with its own
   */
  breakAt(mark: string, loss: Loss, tag = COMMIT): void {
    this.awaited = { mark, loss, tag };
  }

  close(): void {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private pass(client: Socket, target: URL): void {
    const server = connect(Number(target.port), target.hostname);
    let loss: Loss | undefined;
    let tag = COMMIT;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on('data', (data) => {
      if (this.awaited && data.includes(this.awaited.mark)) {
        ({ loss, tag } = this.awaited);
        this.awaited = undefined;
      }
      if (loss === 'commit' && data.includes(COMMIT)) {
        this.broken++;
        return end();
      }
      server.write(data);
    });
    server.on('data', (data) => {
      // The tag of the command: by now it is committed.
      if (loss === 'answer' && data.includes(tag)) {
        this.broken++;
        return end();
      }
      if (loss === 'silence' && data.includes(tag)) {
        this.silent++;
        return;
      }
      client.write(data);
    });
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        end();
      });
    }
  }
}
