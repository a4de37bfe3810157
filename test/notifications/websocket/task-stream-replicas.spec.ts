import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Database } from '../../../src/infrastructure/database/database.js';
import { PgNotifyBus } from '../../../src/infrastructure/database/pg-notify.js';
import { TaskStreamInterest } from '../../../src/notifications/websocket/task-stream-interest.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { listening } from '../../support/live.js';
import { failOnce, hold } from '../../support/statements.js';
import { framesOf, isAskedToResync, streaming } from '../../support/task-stream.js';
import { waitFor } from '../../support/wait-for.js';

let app: TestApp;
let replica: TestApp;
let url: string;
let otherUrl: string;
let manager: TestActor;
const { aDeveloper, connected, subscribed, give, closeAll } = streaming(() => ({ app, manager, url }));

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

/**
 * The NOTIFYs on a channel by which work publishes.
 *
 * @param by the app that does it, whose notifications keep their order
 */
async function notified(work: () => Promise<unknown>, by = app): Promise<string[]> {
  const listener = new Client({ connectionString: app.database.ownerUrl });
  const payloads: string[] = [];
  let isOver = false;
  await listener.connect();
  listener.on('notification', ({ channel, payload = '' }) => {
    if (channel === 'spec_end') isOver = true;
    else payloads.push(payload);
  });
  await listener.query('LISTEN ctms_task_changes; LISTEN spec_end');
  await work();
  by.nest.get(PgNotifyBus).publish('spec_end', ['over']);
  await waitFor(() => isOver);
  await listener.end();
  return payloads;
}

/** Waits until no replica is known to have subscribers. */
const withoutInterest = (dev: TestActor, by = manager) =>
  waitFor(async () => (await notified(() => give(dev, by), by.app)).length === 0);

describe('changes of tasks between replicas', () => {
  it('go out although the announcement of the first subscriber failed', async () => {
    const dev = await aDeveloper();
    failOnce(replica.nest.get(Database), 'ctms_task_interest');
    const client = await subscribed(dev, otherUrl);
    const id = await give(dev);
    await waitFor(() => isAskedToResync(client) || framesOf(client).some(({ task_id }) => task_id === id));
  });

  it('cost no NOTIFY without a subscriber', async () => {
    const dev = await aDeveloper();
    await subscribed(dev, otherUrl);
    await waitFor(() => app.nest.get(TaskStreamInterest).exists);
    expect(await notified(() => give(dev))).toHaveLength(1);
    await closeAll();
    await waitFor(async () => (await notified(() => give(dev))).length === 0);
  });

  it('of a thousand tasks go out in three NOTIFYs and arrive one by one', async () => {
    const dev = await aDeveloper();
    const tasks = await app.rows<{ id: number }>(sql`INSERT INTO tasks
        (title, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'Visit ' || n, ${dev.id}::int, ${manager.id}::int, 1, '2100-01-01' FROM generate_series(1, 1000) n
      RETURNING id`);
    const followers = [await subscribed(dev, otherUrl), await subscribed(manager)];
    // Arrives after the announcement of the subscriptions, which has them read again where that took long.
    const first = await give(dev);
    for (const client of followers) await waitFor(() => framesOf(client).some(({ task_id }) => task_id === first));
    const task_ids = tasks.map(({ id }) => id);
    const payloads = await notified(async () => {
      const answer = await as(manager).post('/api/tasks/bulk-update', { task_ids, status: 'in_progress' });
      expect(answer.status).toBe(200);
    });
    expect(payloads.length).toBeLessThanOrEqual(3);
    for (const client of followers) {
      const changed = () => new Set(framesOf(client).map(({ task_id }) => task_id));
      await waitFor(() => task_ids.every((id) => changed().has(id)));
      expect(framesOf(client).filter(({ change }) => change === 'updated')).toHaveLength(1000);
    }
  });

  it('just before the first subscription on another replica are not lost', async () => {
    const dev = await aDeveloper();
    await withoutInterest(await aDeveloper());
    const client = await connected(dev, otherUrl);
    const id = await give(dev);
    client.say({ action: 'subscribe', topics: ['tasks'] });
    const sent = () => framesOf(client).filter(({ task_id }) => task_id === id);
    // Changes are kept for two seconds; where the announcement took longer, the client reads again.
    await waitFor(() => sent().length > 0 || isAskedToResync(client));
    expect(sent().filter(({ change, version }) => change !== 'created' || version !== 1)).toEqual([]);
  });

  it('that may be lost make clients read again: after a cut connection', async () => {
    const dev = await aDeveloper();
    const client = await subscribed(dev);
    await app.rows(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE '%notices'`);
    await waitFor(() => isAskedToResync(client));
    expect(client.sent.at(-1)).toEqual({ type: 'resync', topics: ['tasks'] });
    const id = await give(dev);
    await waitFor(() => framesOf(client).some(({ task_id }) => task_id === id));
  });

  it.each([
    ['a NOTIFY that failed', 'ctms_task_changes'],
    ['a judgement that failed', 'array_remove'],
  ])('that may be lost make clients read again: after %s', async (_, statement) => {
    const dev = await aDeveloper();
    const client = await subscribed(dev, otherUrl);
    for (const { nest } of [app, replica]) failOnce(nest.get(Database), statement);
    await give(dev);
    await waitFor(() => isAskedToResync(client));
    jest.restoreAllMocks();
    const id = await give(dev);
    await waitFor(() => framesOf(client).some(({ task_id }) => task_id === id));
  });
});

describe('the first subscription on a replica', () => {
  const NOT_KEPT_MS = 2500;

  it('makes its client read again where its announcement took longer than changes are kept', async () => {
    const dev = await aDeveloper();
    await withoutInterest(dev);
    const announce = hold(replica.nest.get(Database), 'ctms_task_interest');
    const client = await subscribed(dev, otherUrl);
    await give(dev);
    await sleep(NOT_KEPT_MS);
    expect(client.sent.map(({ type }) => type)).not.toContain('task');
    announce();
    await waitFor(() => isAskedToResync(client));
  });

  it('makes its client read again where its announcement failed', async () => {
    const dev = await aDeveloper();
    await withoutInterest(dev);
    failOnce(replica.nest.get(Database), 'ctms_task_interest');
    const client = await subscribed(dev, otherUrl);
    await waitFor(() => isAskedToResync(client));
  });
});

describe('a replica whose question for subscribers is lost', () => {
  it('publishes its changes until it has asked again', async () => {
    const dev = await aDeveloper();
    const client = await subscribed(dev, otherUrl);
    const third = await TestApp.start({}, app, undefined, (nest) => failOnce(nest.get(Database), '"?"'));
    try {
      const other = await anActor(third, 'manager', { username: 'asker' });
      const id = await give(dev, other);
      await waitFor(() => framesOf(client).some(({ task_id }) => task_id === id));
      await closeAll();
      await withoutInterest(dev, other);
    } finally {
      await third.stop();
    }
  });
});
