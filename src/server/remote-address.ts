import { type Server } from 'node:http';
import { type Socket } from 'node:net';

/**
 * Has every connection keep its address: asked for when the client has reset it, there is none any more, and what it sent
 * would be done by somebody of whom the audit cannot say where they were. Where it is gone at once, so is the connection.
 */
export function pinRemoteAddress(server: Server): void {
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) socket.destroy();
    else Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress, configurable: true });
  });
}
