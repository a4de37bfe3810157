import { type PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { TaskStreamInterest } from './task-stream-interest.js';

/** The interest of a replica, and what it publishes, which arrives when `arrive` is called. */
function anInterest() {
  const published: string[] = [];
  let receive: (items: readonly string[]) => void = () => undefined;
  const bus: Partial<PgNotifyBus> = {
    publish: (_channel, items) => void published.push(...items),
    subscribe: (_channel, subscriber) => (receive = subscriber),
    onReconnect: () => undefined,
    onUnpublished: () => undefined,
  };
  const interest = new TaskStreamInterest(bus as PgNotifyBus);
  let late = 0;
  interest.onAnnouncedLate(() => late++);
  return { interest, late: () => late, arrive: () => receive(published.splice(0)) };
}

describe('The announcement of a replica that comes and goes', () => {
  let now = 0;
  beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => now));
  afterEach(() => jest.restoreAllMocks());

  it.each([
    [900, false],
    [1100, true],
  ])('which comes back after %i ms is late: %s', (ms, isLate) => {
    const { interest, late, arrive } = anInterest();
    for (const isLocal of [true, false, true]) interest.setLocal(isLocal);
    now += ms;
    arrive();
    interest.beforeApplicationShutdown();
    expect(late() > 0).toBe(isLate);
  });

  it.each([
    [30_000, false],
    [70_000, true],
  ])('which comes back %i ms after the one before is late: %s', (ms, isLate) => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const { interest, late, arrive } = anInterest();
    interest.setLocal(true);
    arrive();
    now += ms;
    jest.advanceTimersByTime(20_000);
    arrive();
    interest.beforeApplicationShutdown();
    jest.useRealTimers();
    expect(late() > 0).toBe(isLate);
  });
});
