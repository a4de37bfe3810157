import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { listening } from '../support/live.js';
import { waitFor } from '../support/wait-for.js';

const SLOW_SECONDS = 2;
const ROWS = 1200;
const LENGTH = 16_000;
const PATIENCE_MS = 40_000;

describe('A client that asks for a long list and reads nothing of it', () => {
  let app: TestApp;
  let port: number;
  let reader: TestActor;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    app = await TestApp.start({ SLOW_READER_SECONDS: String(SLOW_SECONDS) });
    port = Number(new URL(await listening(app)).port);
    reader = await anActor(app, 'developer');
    const { id } = reader;
    await app.rows(sql`INSERT INTO tasks (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'Long', repeat('x', ${LENGTH}::int), ${id}::int, ${id}::int, 1, now() FROM generate_series(1, ${ROWS}::int)`);
  }, 120_000);
  afterAll(async () => {
    sockets.forEach((socket) => socket.destroy());
    await app.stop();
  });

  /** Asks for the whole list. @returns a socket that is not read */
  function ask(): Socket {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket.pause());
    socket.write(
      `GET /api/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer ${reader.token}\r\n\r\n`,
    );
    return socket;
  }
  const inUse = async (resource: string) => {
    const { text } = await as(app).get('/metrics');
    return Number(new RegExp(`^ctms_budget_in_use\\{resource="${resource}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  };
  /** Reads what has arrived, to the end. @returns the number of bytes */
  const rest = (socket: Socket) =>
    new Promise<number>((resolve) => {
      socket.on('error', () => undefined).on('close', () => resolve(socket.bytesRead));
      socket.resume();
    });

  it('is cut off after SLOW_READER_SECONDS, and what it held is free again', async () => {
    const socket = ask();
    await waitFor(async () => (await inUse('long_reads')) === 1, PATIENCE_MS);
    expect([await inUse('long_reads'), (await inUse('unread_bytes')) > 0]).toEqual([1, true]);
    await waitFor(async () => (await inUse('long_reads')) + (await inUse('unread_bytes')) === 0, PATIENCE_MS);
    expect([await inUse('long_reads'), await inUse('unread_bytes')]).toEqual([0, 0]);
    expect(app.log.join('\n')).toContain('A client that does not read its responses was disconnected');
    expect(await rest(socket)).toBeLessThan(ROWS * LENGTH);
  }, 120_000);

  it('gets all of it where it reads slowly, but does read', async () => {
    const began = Date.now();
    let bytes = 0;
    for await (const chunk of ask()) {
      bytes += (chunk as Buffer).length;
      await sleep(10);
    }
    expect(bytes).toBeGreaterThan(ROWS * LENGTH);
    expect(Date.now() - began).toBeGreaterThan(SLOW_SECONDS * 1000);
  }, 120_000);
});
