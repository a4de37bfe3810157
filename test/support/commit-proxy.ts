import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Where a connection breaks: PostgreSQL has committed and its answer is lost, or COMMIT itself never arrives. */
type Loss = 'answer' | 'commit';

/** Stands between a product and PostgreSQL, and breaks the connection of one transaction at its COMMIT. */
export class CommitProxy {
  private readonly sockets = new Set<Socket>();
  private awaited: { readonly mark: string; readonly loss: Loss } | undefined;
  /** How many connections it has broken. */
  broken = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async before(databaseUrl: string): Promise<CommitProxy> {
    const server = createServer();
    const proxy = new CommitProxy(server, new URL(databaseUrl));
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

  /** Breaks the connection of the next transaction whose statements contain `mark`. */
  breakAt(mark: string, loss: Loss): void {
    this.awaited = { mark, loss };
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private pass(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    let loss: Loss | undefined;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on('data', (data) => {
      if (this.awaited && data.includes(this.awaited.mark)) {
        loss = this.awaited.loss;
        this.awaited = undefined;
      }
      if (loss === 'commit' && data.includes('COMMIT\0')) {
        this.broken++;
        return end();
      }
      server.write(data);
    });
    server.on('data', (data) => {
      // The tag of the command: by now it is committed.
      if (loss === 'answer' && data.includes('COMMIT\0')) {
        this.broken++;
        return end();
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
