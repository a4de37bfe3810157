import { type PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { type ActiveSessionsRepository } from './active-sessions.repository.js';
import { SessionActivity } from './session-activity.service.js';

const bus: Partial<PgNotifyBus> = { onDatabaseReplaced: () => undefined };
const activityOf = (updateLastUse: ActiveSessionsRepository['updateLastUse']) =>
  new SessionActivity({ updateLastUse } as ActiveSessionsRepository, bus as PgNotifyBus);

describe('the last use of sessions', () => {
  it('is written before a log-in goes on, also where a write is under way already', async () => {
    const written: ReadonlyMap<number, Date>[] = [];
    let end: (value?: unknown) => void = () => undefined;
    const activity = activityOf(async (lastUse) => {
      await new Promise((resolve) => (end = resolve));
      written.push(lastUse);
    });
    const at = new Date();
    activity.touch(1, at);
    void activity.flush();
    let isFlushed = false;
    const flushed = activity.flush().then(() => (isFlushed = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isFlushed).toBe(false);
    end();
    await flushed;
    expect(written).toEqual([new Map([[1, at]])]);
  });

  it('is written once for all log-ins that wait, also where sessions are used meanwhile', async () => {
    let writes = 0;
    const activity = activityOf(async () => {
      writes++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      activity.touch(1, new Date());
    });
    activity.touch(1, new Date());
    const first = activity.flush();
    await new Promise(setImmediate);
    await Promise.all([first, ...Array.from({ length: 50 }, () => activity.flush())]);
    expect(writes).toBe(2);
  });
});
