import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { type TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { listening, LiveClient } from '../support/live.js';
import { waitFor } from '../support/wait-for.js';
import { narrowedApp } from './narrowed-app.js';

interface Frame {
  readonly type: string;
  readonly change?: string;
  readonly task_id?: number;
}

describe('the task stream of a user whom an extension narrows', () => {
  let app: TestApp;
  let url: string;
  let manager: TestActor;
  let boss: TestActor;
  let developer: TestActor;
  let client: LiveClient;

  const framesOf = ({ sent }: LiveClient) => sent as readonly Frame[];
  const idsOf = (live: LiveClient) => framesOf(live).flatMap(({ task_id }) => task_id ?? []);
  const replaceRules = (conditions: object[], user = manager) =>
    as(boss).put('/api/departments/rules', { user_id: user.id, conditions });

  async function taskOf(unit: number): Promise<number> {
    const { id } = await aTask(app, developer.id);
    await app.rows(sql`INSERT INTO departments_tasks (task_id, unit_id) VALUES (${id}, ${unit})`);
    return id;
  }
  const change = (id: number, title: string) => as(boss).patch(`/api/tasks/${id}`, { title });

  async function subscribed(who: TestActor): Promise<LiveClient> {
    const live = LiveClient.of(who, url);
    await live.opened;
    live.say({ action: 'subscribe', topics: ['tasks'] });
    await waitFor(() => framesOf(live).some(({ type }) => type === 'subscribed'));
    return live;
  }

  /** Waits until others know of the subscription: where that takes long, the client is asked to read again. */
  async function announced(live: LiveClient, visible: number): Promise<LiveClient> {
    await change(visible, 'Before');
    await waitFor(() => idsOf(live).includes(visible));
    live.sent.length = 0;
    return live;
  }

  beforeAll(async () => {
    app = await narrowedApp();
    url = await listening(app);
    manager = await anActor(app, 'manager');
    boss = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());
  afterEach(() => client.socket.close());

  it('has the tasks that are left to the user alone, while others get all', async () => {
    const [own, foreign] = [await taskOf(7), await taskOf(8)];
    await replaceRules([{ unit: 7 }]);
    client = await subscribed(manager);
    const free = await subscribed(boss);
    await change(foreign, 'Foreign');
    await change(own, 'Own');
    await waitFor(() => idsOf(client).includes(own) && idsOf(free).length === 2);
    expect(idsOf(client)).toEqual([own]);
    expect(idsOf(free)).toEqual([foreign, own]);
    free.socket.close();
  });

  it('asks to read again when the facts about the user change, and goes on with what is left', async () => {
    const [former, next] = [await taskOf(7), await taskOf(8)];
    await replaceRules([{ unit: 7 }]);
    client = await subscribed(manager);
    await change(former, 'Seen');
    await waitFor(() => idsOf(client).includes(former));
    await replaceRules([{ unit: 8 }]);
    await waitFor(() => framesOf(client).some(({ type }) => type === 'resync'));
    await change(former, 'Not seen any more');
    await change(next, 'Seen now');
    await waitFor(() => idsOf(client).includes(next));
    expect(idsOf(client)).toEqual([former, next]);
  });

  it('is not disturbed by changes of other users', async () => {
    const own = await taskOf(7);
    await replaceRules([{ unit: 7 }]);
    client = await announced(await subscribed(manager), own);
    await replaceRules([{ unit: 8 }], developer);
    await change(own, 'Own');
    await waitFor(() => idsOf(client).includes(own));
    expect(framesOf(client).filter(({ type }) => type === 'resync')).toEqual([]);
  });

  it('of whom facts cannot be read gets nothing but the request to read again, and disturbs no other user', async () => {
    const own = await taskOf(7);
    client = await subscribed(manager);
    const free = await announced(await subscribed(boss), own);
    await waitFor(() => idsOf(client).includes(own));
    client.sent.length = 0;
    await replaceRules([{ 'no such attribute': 1 }]);
    await change(own, 'Own');
    await waitFor(() => idsOf(free).includes(own));
    expect(idsOf(client)).toEqual([]);
    expect(framesOf(client).some(({ type }) => type === 'resync')).toBe(true);
    expect(framesOf(free).some(({ type }) => type === 'resync')).toBe(false);
    await replaceRules([]);
    free.socket.close();
  });
});
