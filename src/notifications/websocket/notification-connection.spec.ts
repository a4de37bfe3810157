import { EventEmitter } from 'node:events';
import { type WebSocket } from 'ws';
import { type AuthenticatedToken } from '../../auth/access-tokens/token-authenticator.service.js';
import { NotificationConnection } from './notification-connection.js';

/** A socket whose writes are accepted at once. */
class AcceptingSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly readyState = this.OPEN;
  readonly written: string[] = [];

  send(text: string, accepted: () => void): void {
    this.written.push(text);
    accepted();
  }
}

async function connectedTo(socket: AcceptingSocket): Promise<NotificationConnection> {
  const delivery = {
    undelivered: () => Promise.resolve([]),
    announce: () => undefined,
    markDelivered: () => undefined,
  };
  const commands = { spendFrames: () => Promise.resolve(true), answer: () => Promise.resolve(undefined) };
  const bearer = { actor: { id: 7 } } as AuthenticatedToken;
  const connection = new NotificationConnection(socket as unknown as WebSocket, bearer, delivery, commands);
  await connection.start();
  return connection;
}

const frame = (id: number) => ({ id, userId: 7, json: `frame ${id}` });

describe('a frame of a connection', () => {
  it.each(Array.from({ length: 15 }, (_, ticks) => ticks))(
    'is sent also where it comes %i microtasks after another',
    async (ticks) => {
      const socket = new AcceptingSocket();
      const connection = await connectedTo(socket);
      connection.offer(frame(1));
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      connection.offer(frame(2));
      await new Promise(setImmediate);
      expect(socket.written).toEqual(['frame 1', 'frame 2']);
    },
  );
});
