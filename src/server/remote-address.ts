import { type IncomingMessage, type Server } from 'node:http';
import { type Socket } from 'node:net';
import proxyAddress from '@fastify/proxy-addr';
import { networkPrefixOf } from '../core/http/client-network.js';

/**
 * Pins the address of every connection: after a reset by the client Node returns none, and the audit trail could not
 * record the origin of what it sent. A connection without an address is closed at once.
 */
export function pinRemoteAddress(server: Server): void {
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) socket.destroy();
    else Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress, configurable: true });
  });
}

/**
 * Returns a reader of the network from which a request comes: that of its connection or, behind trusted proxies, of the
 * address that Fastify's `request.ip` will be.
 */
export function clientNetworks(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  if (trustedProxies.length > 0) {
    const isTrusted = proxyAddress.compile([...trustedProxies]);
    return (request) => networkPrefixOf(proxyAddress(request, isTrusted));
  }
  const known = new WeakMap<Socket, string>();
  return ({ socket }) => {
    const network = known.get(socket) ?? networkPrefixOf(socket.remoteAddress ?? '');
    known.set(socket, network);
    return network;
  };
}
