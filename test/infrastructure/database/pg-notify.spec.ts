import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '../../../src/infrastructure/database/database.js';
import { PgNotifyBus } from '../../../src/infrastructure/database/pg-notify.js';
import { TestApp } from '../../support/app.js';
import { hold } from '../../support/statements.js';
import { waitFor } from '../../support/wait-for.js';

const CHANNEL = 'ctms_specimen';
/** Longer than items are collected for. */
const FLUSHED_MS = 50;

let app: TestApp;
let replica: TestApp;
let bus: PgNotifyBus;
let heard: string[];

beforeAll(async () => {
  app = await TestApp.start();
  replica = await TestApp.start({}, app, undefined, (nest) =>
    nest.get(PgNotifyBus).subscribe(CHANNEL, (items) => heard.push(...items)),
  );
  bus = app.nest.get(PgNotifyBus);
});
beforeEach(() => {
  heard = [];
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await replica.stop();
  await app.stop();
});

async function publish(item: string) {
  bus.publish(CHANNEL, [item]);
  await sleep(FLUSHED_MS);
}

describe('items that are published while a flush waits for a connection', () => {
  it('arrive after those of that flush', async () => {
    const release = hold(app.nest.get(Database), 'first');
    for (const item of ['first', 'second', 'third']) await publish(item);
    expect(heard).toEqual([]);
    release();
    await waitFor(() => heard.length === 3);
    expect(heard).toEqual(['first', 'second', 'third']);
  });

  it('arrive although that flush fails, which is reported', async () => {
    const unpublished: string[] = [];
    bus.onUnpublished((channels) => unpublished.push(...channels));
    const release = hold(app.nest.get(Database), 'first');
    for (const item of ['first', 'second']) await publish(item);
    release(new Error('Connection terminated unexpectedly'));
    await waitFor(() => heard.length === 1);
    expect([heard, unpublished]).toEqual([['second'], [CHANNEL]]);
  });

  // Last of all: the bus does not listen after it.
  it('are sent before the connections are closed', async () => {
    const release = hold(app.nest.get(Database), 'first');
    await publish('first');
    bus.publish(CHANNEL, ['second']);
    let ended = false;
    const end = bus.beforeApplicationShutdown().then(() => (ended = true));
    await sleep(FLUSHED_MS);
    expect(ended).toBe(false);
    release();
    await end;
    await waitFor(() => heard.length === 2);
    expect(heard).toEqual(['first', 'second']);
  });
});
