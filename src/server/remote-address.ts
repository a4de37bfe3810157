import { type Server } from 'node:http';
import { type Socket } from 'node:net';

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
