import { as, anActor, type TestActor } from './actors.js';
import { sql, type TestApp } from './app.js';

interface Parties {
  readonly app: TestApp;
  /** Creates the tasks. */
  readonly manager: TestActor;
}

/** Settings of an app whose sockets are tried: it pings each second, has one allowed origin, and logs everything. */
export const SOCKETS = {
  WEBSOCKET_PING_SECONDS: '1',
  ALLOWED_ORIGINS: 'https://app.example.org',
  LOG_LEVEL: 'trace',
};

let names = 0;

/**
 * Users with sockets, and tasks by which they are notified.
 *
 * @param parties called at each use, so that a spec can start its app later
 */
export function notifiedBy(parties: () => Parties) {
  const aDeveloper = () => anActor(parties().app, 'developer', { username: `live${++names}` });
  const give = async (who: TestActor, title = 'Visit 4'): Promise<number> => {
    const body = { title, estimated_hours: 8, deadline: '2100-01-01T00:00:00Z', assigned_to: who.id };
    const answer = await as(parties().manager).post('/api/tasks', body);
    // Without the task there is no notification to wait for.
    expect(answer.status).toBe(201);
    return (answer.body as { id: number }).id;
  };
  const undelivered = async (who: TestActor): Promise<number | undefined> => {
    const [row] = await parties().app.rows<{ n: number }>(
      sql`SELECT count(*)::int AS n FROM notifications WHERE user_id = ${who.id} AND NOT is_delivered`,
    );
    return row?.n;
  };
  return { aDeveloper, give, undelivered };
}
