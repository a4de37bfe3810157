import { PgNotifyBus } from '../../../src/infrastructure/database/pg-notify.js';
import { NotificationsQueries } from '../../../src/notifications/notifications.queries.js';
import { NotificationsService } from '../../../src/notifications/notifications.service.js';
import { NotificationGateway } from '../../../src/notifications/websocket/notification.gateway.js';
import { anActor, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { listening, LiveClient } from '../../support/live.js';
import { notifiedBy } from '../../support/notified.js';
import { SilentProxy } from '../../support/silent-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import { withoutSweeps } from '../../support/without-sweeps.js';

/** A silence is noticed after seven seconds, and after one more the replica listens again; longer on a busy machine. */
const HEARD_AGAIN_MS = 30_000;

let app: TestApp;
let replica: TestApp;
let urls: string[];
let manager: TestActor;
/** Between the replica and its listening connection. */
let proxy: SilentProxy;
const { aDeveloper, give, undelivered } = notifiedBy(() => ({ app, manager }));

beforeAll(async () => {
  app = await TestApp.start();
  proxy = await SilentProxy.before(app.url);
  replica = await TestApp.start({ DATABASE_DIRECT_URL: proxy.url }, app);
  urls = [await listening(app), await listening(replica)];
  manager = await anActor(app, 'manager');
});
afterAll(async () => {
  await replica.stop();
  await app.stop();
  proxy.close();
});

/** Opens a tab of a user on each replica. */
async function tabsOf(dev: TestActor) {
  const [here, there] = urls.map((url) => LiveClient.of(dev, url)) as [LiveClient, LiveClient];
  await Promise.all([here.opened, there.opened]);
  return { here, there };
}

/** Gives a task, and waits until both tabs know. @returns the id of the notification */
async function given(dev: TestActor, here: LiveClient, there: LiveClient) {
  await give(dev);
  const [id] = await here.notified(1);
  await there.notified(1);
  await waitFor(async () => (await undelivered(dev)) === 0);
  return id;
}

/** Inserts notifications as if the replica that wrote them had died before it told the others. @returns their ids */
async function unannounced(dev: TestActor, count: number): Promise<number[]> {
  const rows = await app.rows<{
    id: number;
  }>(sql`INSERT INTO notifications (user_id, message, notification_type, created_at)
    SELECT ${dev.id}::int, 'Message', 'status_change', now() - interval '1 minute' FROM generate_series(1, ${count}::int) RETURNING id`);
  return rows.map(({ id }) => id);
}

const close = (...tabs: LiveClient[]) => tabs.forEach(({ socket }) => socket.close());

describe('tabs of a user on two replicas', () => {
  it('get each notification once', async () => {
    const dev = await aDeveloper();
    const { here, there } = await tabsOf(dev);
    await give(dev);
    await give(dev);
    expect(await there.notified(2)).toEqual(await here.notified(2));
    await waitFor(async () => (await undelivered(dev)) === 0);
    await app.nest.get(NotificationGateway).sweep();
    await replica.nest.get(NotificationGateway).sweep();
    await give(dev);
    expect(await there.notified(3)).toEqual(await here.notified(3));
    expect([here.sent.length, there.sent.length]).toEqual([3, 3]);
    close(here, there);
  });

  it('both get what no replica was told of, although the first that finds it marks it as delivered', async () => {
    const dev = await aDeveloper();
    const { here, there } = await tabsOf(dev);
    const first = await given(dev, here, there);
    const written = await unannounced(dev, 3);
    await app.nest.get(NotificationGateway).sweep();
    const ids = [first, ...written];
    expect([await here.notified(4), await there.notified(4)]).toEqual([ids, ids]);
    await waitFor(async () => (await undelivered(dev)) === 0);
    close(here, there);
  });

  it('both get what no replica was told of, although a further tab finds it first', async () => {
    const dev = await aDeveloper();
    const { here, there } = await tabsOf(dev);
    await withoutSweeps([app, replica], async () => {
      const ids = [await given(dev, here, there), ...(await unannounced(dev, 300))];
      const late = LiveClient.of(dev, urls[1] ?? '');
      expect(await late.notified(300)).toEqual(ids.slice(1));
      expect([await here.notified(301), await there.notified(301)]).toEqual([ids, ids]);
      close(here, there, late);
    });
  });

  it('both get what was written while one replica did not hear, and nothing older again', async () => {
    const dev = await aDeveloper();
    const { here, there } = await tabsOf(dev);
    const before = await given(dev, here, there);
    await app.rows(sql`UPDATE notifications SET created_at = created_at - interval '5 minutes' WHERE id = ${before}`);
    // The replica learns of it some seconds later.
    expect(proxy.cutOpenOnes()).toBe(1);
    const late = LiveClient.of(dev, urls[1] ?? '');
    await late.opened;
    await give(dev);
    const [, missed] = await here.notified(2);
    await waitFor(async () => (await undelivered(dev)) === 0);
    expect(await there.notified(2, HEARD_AGAIN_MS)).toEqual([before, missed]);
    expect(await late.notified(1, HEARD_AGAIN_MS)).toEqual([missed]);
    expect(replica.nest.get(PgNotifyBus).isConnected).toBe(true);
    close(here, there, late);
  }, 90_000);

  it('both get what a replica could not read at once', async () => {
    const dev = await aDeveloper();
    const { here, there } = await tabsOf(dev);
    const first = await given(dev, here, there);
    const queries = replica.nest.get(NotificationsQueries) as Partial<NotificationsQueries>;
    const unread = new Promise<void>((resolve) => {
      queries.frames = () => (resolve(), Promise.reject(new Error('no connection')));
    });
    await give(dev);
    const [, second] = await here.notified(2);
    await Promise.all([unread, waitFor(async () => (await undelivered(dev)) === 0)]);
    delete queries.frames;
    await replica.nest.get(NotificationGateway).sweep();
    expect(await there.notified(2)).toEqual([first, second]);
    close(here, there);
  });

  it('get none twice whose mark was lost, and the next sweep marks it', async () => {
    const dev = await aDeveloper();
    const { here, there } = await tabsOf(dev);
    const first = await given(dev, here, there);
    const services = [app, replica].map(({ nest }) => nest.get(NotificationsService) as Partial<NotificationsService>);
    const unmarked = services.map(
      (service) =>
        new Promise<void>((resolve) => {
          // The second replica marks the first one, too, a moment later.
          service.markDelivered = (ids) => {
            if (ids.some((id) => id !== first)) resolve();
            return Promise.reject(new Error('no connection'));
          };
        }),
    );
    await give(dev);
    await Promise.all([here.notified(2), there.notified(2), ...unmarked]);
    services.forEach((service) => delete service.markDelivered);
    expect(await undelivered(dev)).toBe(1);
    await app.rows(
      sql`UPDATE notifications SET created_at = created_at - interval '1 minute' WHERE user_id = ${dev.id}`,
    );
    await app.nest.get(NotificationGateway).sweep();
    await waitFor(async () => (await undelivered(dev)) === 0);
    await give(dev);
    expect(await there.notified(3)).toEqual(await here.notified(3));
    expect([here.sent.length, there.sent.length]).toEqual([3, 3]);
    close(here, there);
  });
});
