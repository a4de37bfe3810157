import { anActor, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { CommitProxy } from '../../support/commit-proxy.js';
import { newDatabase, type TestDatabase } from '../../support/database.js';
import { listening } from '../../support/live.js';
import { isAskedToResync, streaming } from '../../support/task-stream.js';
import { waitFor } from '../../support/wait-for.js';

describe('a change of a task whose connection to PostgreSQL breaks at its COMMIT', () => {
  let database: TestDatabase;
  let proxy: CommitProxy;
  let app: TestApp;
  let replica: TestApp;
  let manager: TestActor;
  let otherUrl: string;
  const { subscribed, give, closeAll } = streaming(() => ({ app, manager, url: otherUrl }));

  beforeAll(async () => {
    database = await newDatabase();
    proxy = await CommitProxy.before(database.url);
    app = await TestApp.start({}, { database: { ...database, url: proxy.url } } as TestApp);
    replica = await TestApp.start({}, { database });
    otherUrl = await listening(replica);
    manager = await anActor(app, 'manager');
  });
  afterAll(async () => {
    await closeAll();
    await replica.stop();
    await app.stop();
    proxy.close();
    await database.drop();
  });

  it.each(['answer', 'commit'] as const)('makes subscribers on every replica read again: lost %s', async (loss) => {
    const client = await subscribed(manager);
    const before = proxy.broken;
    proxy.breakAt(`Lost ${loss}`, loss);
    await give(manager, manager, `Lost ${loss}`);
    expect(proxy.broken).toBe(before + 1);
    await waitFor(() => isAskedToResync(client));
  });
});
