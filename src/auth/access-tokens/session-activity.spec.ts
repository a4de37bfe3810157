import { type PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { type ActiveSessionsRepository } from './active-sessions.repository.js';
import { SessionActivity } from './session-activity.service.js';

describe('the last use of sessions', () => {
  it('is written before a log-in goes on, also where a write is under way already', async () => {
    const written: ReadonlyMap<number, Date>[] = [];
    let end: (value?: unknown) => void = () => undefined;
    const sessions: Partial<ActiveSessionsRepository> = {
      updateLastUse: async (lastUse) => {
        await new Promise((resolve) => (end = resolve));
        written.push(lastUse);
      },
    };
    const bus: Partial<PgNotifyBus> = { onDatabaseReplaced: () => undefined };
    const activity = new SessionActivity(sessions as ActiveSessionsRepository, bus as PgNotifyBus);
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
});
