import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A TCP proxy that can stop forwarding, without notice to either end, or reset its connections. */
export class Proxy {
  #server = createServer((socket) => this.#accept(socket));
  #pairs = new Set();
  #silenced = [];
  #target;
  /** New connections are accepted and then not served, as by a firewall that drops packets. */
  silent = false;

  /** @param target gives the port to connect to, which may change */
  static async before(target) {
    const proxy = new Proxy();
    proxy.#target = target;
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    proxy.port = proxy.#server.address().port;
    return proxy;
  }

  /** Forwards nothing more on the open connections, which stay open. @returns how many there were */
  stopForwarding() {
    const count = this.#pairs.size;
    for (const pair of this.#pairs) this.#silence(pair);
    this.#pairs.clear();
    return count;
  }

  /** Resets every connection. @returns how many there were */
  reset() {
    const count = this.#pairs.size;
    for (const socket of [...this.#pairs].flat()) socket.resetAndDestroy();
    return count;
  }

  close() {
    this.#server.close();
    for (const socket of [...this.#silenced, ...[...this.#pairs].flat()]) socket.destroy();
  }

  #silence(pair) {
    for (const socket of pair) socket.unpipe().pause();
    this.#silenced.push(...pair);
  }

  #accept(client) {
    if (this.silent) {
      client.on('error', () => undefined);
      return void this.#silenced.push(client.pause());
    }
    const server = connect(this.#target(), '127.0.0.1');
    const pair = [client, server];
    this.#pairs.add(pair);
    client.pipe(server);
    server.pipe(client);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (!this.#pairs.delete(pair)) return;
        client.destroy();
        server.destroy();
      });
    }
  }
}
