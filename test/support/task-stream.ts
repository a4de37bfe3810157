import { type TaskFrame } from '../../src/notifications/websocket/task-stream.service.js';
import { anActor, as, type TestActor } from './actors.js';
import { type TestApp } from './app.js';
import { LiveClient } from './live.js';
import { waitFor } from './wait-for.js';

interface Parties {
  readonly app: TestApp;
  /** Creates the tasks. */
  readonly manager: TestActor;
  /** Address of the sockets of `app`. */
  readonly url: string;
}

let names = 0;

/** Returns the frames of the task stream that a client was sent. */
export const framesOf = (client: LiveClient): TaskFrame[] =>
  (client.sent as unknown as TaskFrame[]).filter(({ type }) => type === 'task');

/** Waits for frames of the task stream. */
export async function received(client: LiveClient, count: number): Promise<TaskFrame[]> {
  await waitFor(() => framesOf(client).length >= count);
  return framesOf(client);
}

/** True where a client was asked to read again. */
export const isAskedToResync = (client: LiveClient): boolean => client.sent.some(({ type }) => type === 'resync');

/**
 * Users who follow the task stream, and tasks for them.
 *
 * @param parties called at each use, so that a spec can start its app later
 */
export function streaming(parties: () => Parties) {
  const clients: LiveClient[] = [];
  const aDeveloper = () => anActor(parties().app, 'developer', { username: `streamed${++names}` });
  const connected = async (actor: TestActor, address = parties().url): Promise<LiveClient> => {
    const client = LiveClient.of(actor, address);
    clients.push(client);
    await client.opened;
    return client;
  };
  const subscribed = async (actor: TestActor, address = parties().url): Promise<LiveClient> => {
    const client = await connected(actor, address);
    client.say({ action: 'subscribe', topics: ['tasks'] });
    await waitFor(() => client.sent.some(({ type }) => type === 'subscribed'));
    return client;
  };
  const give = async (who: TestActor, by = parties().manager, title = 'Visit 4') => {
    const body = { title, estimated_hours: 8, deadline: '2100-01-01T00:00:00Z', assigned_to: who.id };
    return ((await as(by).post('/api/tasks', body)).body as { id: number }).id;
  };
  const closeAll = async () => {
    clients.forEach(({ socket }) => socket.close());
    await Promise.all(clients.splice(0).map(({ closed }) => closed));
  };
  return { aDeveloper, connected, subscribed, give, closeAll };
}
