import { Database } from '../../../src/infrastructure/database/database.js';
import { type TaskFrame } from '../../../src/notifications/websocket/task-stream.service.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';
import { listening, type LiveClient } from '../../support/live.js';
import { hold } from '../../support/statements.js';
import { framesOf, received, streaming } from '../../support/task-stream.js';
import { waitFor } from '../../support/wait-for.js';

let app: TestApp;
let replica: TestApp;
let url: string;
let otherUrl: string;
let manager: TestActor;

beforeAll(async () => {
  app = await TestApp.start();
  replica = await TestApp.start({}, app);
  [url, otherUrl] = [await listening(app), await listening(replica)];
  manager = await anActor(app, 'manager');
});
afterEach(async () => {
  await closeAll();
  jest.restoreAllMocks();
});
afterAll(async () => {
  await replica.stop();
  await app.stop();
});

const { aDeveloper, connected, subscribed, give, closeAll } = streaming(() => ({ app, manager, url }));

/** Waits until everything that was committed so far has reached the client, by a change that it does see. */
async function settled(client: LiveClient, actor: TestActor): Promise<TaskFrame[]> {
  const last = await give(actor);
  await waitFor(() => framesOf(client).some(({ task_id }) => task_id === last));
  return framesOf(client).filter(({ task_id }) => task_id !== last);
}

const patch = async (id: number, body: object) =>
  expect((await as(manager).patch(`/api/tasks/${id}`, body)).status).toBe(200);

describe('the task stream', () => {
  // With subscribers on both replicas, no test sees what was changed just before its own first one.
  const standing: LiveClient[] = [];
  const stand = streaming(() => ({ app, manager, url }));
  beforeAll(async () => {
    for (const address of [url, otherUrl]) standing.push(await stand.subscribed(manager, address));
  });
  afterAll(() => stand.closeAll());

  it('sends created, updated and deleted to those who may see the task, on every replica', async () => {
    const [dev, other] = [await aDeveloper(), await aDeveloper()];
    const own = [await subscribed(dev), await subscribed(dev, otherUrl), await subscribed(manager, otherUrl)];
    const stranger = await subscribed(other, otherUrl);
    const id = await give(dev);
    await patch(id, { title: 'Visit 5' });
    await as(manager).delete(`/api/tasks/${id}`);
    for (const client of own) {
      await waitFor(() => framesOf(client).at(-1)?.change === 'deleted');
      // Changes that wait together are one frame.
      expect(framesOf(client).at(-1)).toEqual({ type: 'task', change: 'deleted', task_id: id, version: 3 });
      expect(framesOf(client).every(({ task_id }) => task_id === id)).toBe(true);
    }
    expect(await settled(stranger, other)).toEqual([]);
  });

  it('sends each change with its version', async () => {
    const dev = await aDeveloper();
    const client = await subscribed(dev, otherUrl);
    const id = await give(dev);
    await received(client, 1);
    await patch(id, { title: 'Visit 5' });
    await received(client, 2);
    await as(manager).delete(`/api/tasks/${id}`);
    expect(await received(client, 3)).toEqual([
      { type: 'task', change: 'created', task_id: id, version: 1 },
      { type: 'task', change: 'updated', task_id: id, version: 2 },
      { type: 'task', change: 'deleted', task_id: id, version: 3 },
    ]);
  });

  it('sends cascades, each as a change of its task', async () => {
    const dev = await aDeveloper();
    const parent = await aTask(app, dev.id);
    const child = await aTask(app, dev.id, { parent: parent.id });
    const client = await subscribed(dev);
    await patch(parent.id, { status: 'completed' });
    await received(client, 2);
    expect(new Set(framesOf(client).map(({ task_id }) => task_id))).toEqual(new Set([parent.id, child.id]));
  });

  it('sends hidden, without a version, to the former assignee alone, and updated to the new one', async () => {
    const [from, to, other] = [await aDeveloper(), await aDeveloper(), await aDeveloper()];
    const id = await give(from);
    await waitFor(() => standing.every((client) => framesOf(client).some(({ task_id }) => task_id === id)));
    const [left, came, stranger] = [await subscribed(from, otherUrl), await subscribed(to), await subscribed(other)];
    await patch(id, { assigned_to: to.id });
    expect(await received(left, 1)).toEqual([{ type: 'task', change: 'hidden', task_id: id }]);
    expect(await received(came, 1)).toEqual([{ type: 'task', change: 'updated', task_id: id, version: 2 }]);
    await patch(id, { title: 'Visit 5' });
    await received(came, 2);
    expect(await settled(left, from)).toEqual([{ type: 'task', change: 'hidden', task_id: id }]);
    expect(await settled(stranger, other)).toEqual([]);
  });

  it('sends hidden to the former assignee of a task that is deleted before it is judged who sees it', async () => {
    const [from, to] = [await aDeveloper(), await aDeveloper()];
    const [left, came] = [await subscribed(from), await subscribed(to, otherUrl)];
    const id = await give(from);
    await received(left, 1);
    const judge = [app, replica].map(({ nest }) => hold(nest.get(Database), 'array_remove'));
    await patch(id, { assigned_to: to.id });
    await as(manager).delete(`/api/tasks/${id}`);
    judge.forEach((release) => release());
    expect((await received(left, 2))[1]).toEqual({ type: 'task', change: 'hidden', task_id: id });
    expect(await received(came, 1)).toEqual([{ type: 'task', change: 'deleted', task_id: id, version: 3 }]);
    expect(await settled(left, from)).toHaveLength(2);
  });

  it('sends nothing of a change that was rolled back', async () => {
    const dev = await aDeveloper();
    const parent = await aTask(app, dev.id);
    await aTask(app, dev.id, { parent: parent.id, status: 'in_progress' });
    const client = await subscribed(dev);
    expect((await as(manager).patch(`/api/tasks/${parent.id}`, { status: 'completed' })).status).toBe(409);
    expect(await settled(client, dev)).toEqual([]);
  });

  it('sends nothing to a client that did not ask, or asks no longer', async () => {
    const dev = await aDeveloper();
    const [silent, follower] = [await connected(dev), await subscribed(dev)];
    const former = await subscribed(dev);
    former.say({ action: 'unsubscribe', topics: ['tasks'] });
    await waitFor(() => former.sent.filter(({ type }) => type === 'subscribed').length === 2);
    await give(dev);
    await received(follower, 1);
    await Promise.all([silent.notified(1), former.notified(1)]);
    expect([...framesOf(silent), ...framesOf(former)]).toEqual([]);
    expect(former.sent.filter(({ type }) => type === 'subscribed')).toEqual([
      { type: 'subscribed', topics: ['tasks'] },
      { type: 'subscribed', topics: [] },
    ]);
  });

  it('keeps a copy of the list equal to the list after any change of any user', async () => {
    const people = [await aDeveloper(), await aDeveloper(), await aDeveloper()];
    const followers = await Promise.all([...people, manager].map((who, i) => subscribed(who, i % 2 ? url : otherUrl)));
    const ids: number[] = [];
    let state = 7;
    const random = (below: number) => (state = (state * 48271) % 2147483647) % below;
    const someone = () => people[random(people.length)] as TestActor;
    for (let step = 0; step < 60; step++) {
      const id = ids[random(Math.max(1, ids.length))];
      const kind = id === undefined ? 0 : random(4);
      if (kind === 0) ids.push(await give(someone()));
      else if (kind === 1) await as(manager).patch(`/api/tasks/${id}`, { title: `Visit ${step}` });
      else if (kind === 2) await as(manager).patch(`/api/tasks/${id}`, { assigned_to: someone().id });
      else await as(manager).delete(`/api/tasks/${id}`);
    }
    for (const [i, who] of [...people, manager].entries()) {
      const client = followers[i] as LiveClient;
      await settled(client, someone() && people[i] ? (people[i] as TestActor) : (people[0] as TestActor));
      const list = (await as(who).get('/api/tasks')).body as { id: number; version: number }[];
      const expected = list.filter(({ id }) => ids.includes(id)).map(({ id, version }) => [id, version]);
      await waitFor(() => JSON.stringify(copyOf(client, ids)) === JSON.stringify(expected));
    }
  }, 120_000);

  /** Versions by id, as a client holds them that follows the stream from an empty list on. */
  function copyOf(client: LiveClient, ids: readonly number[]): [number, number | undefined][] {
    const copy = new Map<number, number | undefined>();
    for (const { change, task_id, version } of framesOf(client)) {
      if (change === 'deleted' || change === 'hidden') copy.delete(task_id);
      else copy.set(task_id, version);
    }
    return [...copy].filter(([id]) => ids.includes(id)).sort(([a], [b]) => a - b);
  }
});

describe('subscribing', () => {
  it('answers with the topics that are subscribed, however often', async () => {
    const client = await connected(await aDeveloper());
    client.say({ action: 'subscribe', topics: ['tasks'] });
    client.say({ action: 'subscribe', topics: ['tasks', 'tasks'] });
    client.say({ action: 'unsubscribe', topics: ['tasks'] });
    await waitFor(() => client.sent.length === 3);
    expect(client.sent).toEqual([
      { type: 'subscribed', topics: ['tasks'] },
      { type: 'subscribed', topics: ['tasks'] },
      { type: 'subscribed', topics: [] },
    ]);
  });

  it('rejects unknown topics with an error frame, and changes nothing', async () => {
    const dev = await aDeveloper();
    const client = await connected(dev);
    for (const topics of [['tasks', 'users'], ['x'.repeat(1000)], [], undefined, 'tasks', [1], {}])
      client.say({ action: 'subscribe', topics });
    client.say({ action: 'unsubscribe', topics: ['nothing'] });
    await waitFor(() => client.sent.length === 8);
    expect(client.sent.map((frame) => (frame as unknown as { code: string }).code)).toEqual([
      ...['unknown_topic', 'unknown_topic'],
      ...Array.from({ length: 5 }, () => 'invalid_topics'),
      'unknown_topic',
    ]);
    expect(client.sent[0]).toEqual({
      type: 'error',
      code: 'unknown_topic',
      detail: 'There is no topic "users"; there are: tasks',
    });
    await give(dev);
    await client.notified(1);
    expect(framesOf(client)).toEqual([]);
  });
});
