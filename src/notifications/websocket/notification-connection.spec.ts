import { EventEmitter } from 'node:events';
import { type WebSocket } from 'ws';
import { type AuthenticatedToken } from '../../auth/access-tokens/token-authenticator.service.js';
import { type ClientCommand } from './client-command.js';
import { NotificationConnection, type CommandPort } from './notification-connection.js';

/** A socket whose writes are accepted at once. */
class AcceptingSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly readyState = this.OPEN;
  readonly written: string[] = [];
  readonly closed: number[] = [];

  send(text: string, accepted: () => void): void {
    this.written.push(text);
    accepted();
  }

  close(code: number): void {
    this.closed.push(code);
  }
}

/** A socket whose writes are accepted when `accept` is called. */
class SlowSocket extends AcceptingSocket {
  private held: (() => void)[] = [];

  override send(text: string, accepted: () => void): void {
    super.send(text, () => this.held.push(accepted));
  }

  async accept(): Promise<void> {
    this.held.splice(0).forEach((accepted) => accepted());
    await new Promise(setImmediate);
  }
}

const COMMANDS: CommandPort = {
  spendFrames: () => Promise.resolve(true),
  answer: () => Promise.resolve(undefined),
};

async function connectedTo(socket: AcceptingSocket, commands = COMMANDS): Promise<NotificationConnection> {
  const delivery = {
    undelivered: () => Promise.resolve([]),
    announce: () => undefined,
    markDelivered: () => undefined,
  };
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

describe('notifications that wait', () => {
  afterEach(() => jest.restoreAllMocks());
  const offer = (connection: NotificationConnection, from: number, to: number) => {
    for (let id = from; id <= to; id++) connection.offer(frame(id));
  };
  const timeMoves = (ms: number) => {
    const now = performance.now() + ms;
    jest.spyOn(performance, 'now').mockReturnValue(now);
  };

  it('close the socket of a client that accepts none for 10 s, from 1,000 on', async () => {
    const socket = new SlowSocket();
    const connection = await connectedTo(socket);
    offer(connection, 1, 1000);
    timeMoves(10_500);
    offer(connection, 1001, 1001);
    expect(socket.closed).toEqual([]);
    offer(connection, 1002, 1002);
    expect(socket.closed).toEqual([1013]);
  });

  it('leave the socket of one that accepts them one by one open, up to 10,000', async () => {
    const socket = new SlowSocket();
    const connection = await connectedTo(socket);
    offer(connection, 1, 9000);
    timeMoves(10_500);
    await socket.accept();
    // The second one is being written.
    offer(connection, 9001, 10_002);
    expect(socket.closed).toEqual([]);
    offer(connection, 10_003, 10_003);
    expect(socket.closed).toEqual([1013]);
  });
});

describe('frames of a client', () => {
  const never = () => new Promise<never>(() => undefined);
  const say = (socket: AcceptingSocket, frame: string) => socket.emit('message', Buffer.from(frame), false);

  it.each([
    ['commands that wait', { ...COMMANDS, answer: never }, '{"action":"mark_all_read"}'],
    ['frames that are not counted yet', { ...COMMANDS, spendFrames: never }, '{}'],
  ])('close its socket beyond 600 %s', async (_, commands, frame) => {
    const socket = new AcceptingSocket();
    await connectedTo(socket, commands);
    for (let n = 0; n < 600; n++) {
      say(socket, frame);
      // The commands are counted one by one.
      if (commands.spendFrames !== never) await Promise.resolve();
    }
    expect(socket.closed).toEqual([]);
    say(socket, frame);
    expect(socket.closed).toEqual([1008]);
  });
});

describe('commands that wait', () => {
  it('are executed where the client goes, and dropped where the server ends the connection', async () => {
    for (const [ends, answered] of [
      [() => undefined, 2],
      [(connection: NotificationConnection) => connection.close(4001, 'logout'), 1],
    ] as const) {
      const asked: ClientCommand[] = [];
      let answer = () => {};
      const held = new Promise<undefined>((resolve) => (answer = () => resolve(undefined)));
      const socket = new AcceptingSocket();
      const connection = await connectedTo(socket, { ...COMMANDS, answer: (_, ask) => (asked.push(ask), held) });
      for (let n = 0; n < 2; n++) socket.emit('message', Buffer.from('{"action":"mark_all_read"}'), false);
      await new Promise(setImmediate);
      ends(connection);
      answer();
      await new Promise(setImmediate);
      expect(asked).toHaveLength(answered);
    }
  });
});

describe('changes of tasks that wait', () => {
  it('are replaced by one that has the client read them again, beyond 5,000', async () => {
    const socket = new SlowSocket();
    const connection = await connectedTo(socket);
    connection.topics.add('tasks');
    const change = (task_id: number) => connection.offerTask({ type: 'task', change: 'updated', task_id, version: 2 });
    for (let id = 1; id <= 5002; id++) change(id);
    await socket.accept();
    await socket.accept();
    change(5003);
    await socket.accept();
    expect(socket.written.map((text) => JSON.parse(text) as object)).toEqual([
      { type: 'task', change: 'updated', task_id: 1, version: 2 },
      { type: 'resync', topics: ['tasks'] },
      { type: 'task', change: 'updated', task_id: 5003, version: 2 },
    ]);
    expect(socket.closed).toEqual([]);
  });
});
