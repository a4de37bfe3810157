const SHIFT_MS = 10 * 60_000;
const PRELOAD = new URL('../../support/shifted-clock.mjs', import.meta.url).href;

export const about = 'three replicas whose clocks are ten minutes before, right, and ten minutes behind';
export const options = {
  replicas: 3,
  env: (i) => ({ CLOCK_SHIFT_MS: String((i - 1) * SHIFT_MS) }),
  preloads: (i) => (i === 1 ? [] : [PRELOAD]),
};

/** Times are the database's, so that what follows is later, on every replica. */
export async function run(world) {
  const [{ began }] = await world.postgres.rows('SELECT clock_timestamp() AS began');
  world.start();
  await world.pause(world.seconds * 1000);
  await world.clients.stop();
  const faults = async (statement, values = []) =>
    (await world.postgres.rows(statement, values)).map((row) => JSON.stringify(row));
  return [
    {
      what: 'no time that was stored is before the beginning or after now, by more than two seconds',
      faults: await faults(
        `SELECT what, at FROM (
            SELECT 'audit' AS what, occurred_at AS at FROM audit_trail WHERE request_id LIKE $2
            UNION ALL SELECT 'task', created_at FROM tasks WHERE created_at > $1::timestamptz - interval '20 minutes' AND title LIKE 'client %'
            UNION ALL SELECT 'task', updated_at FROM tasks WHERE title LIKE 'client %'
            UNION ALL SELECT 'history', h.timestamp FROM task_history h JOIN tasks t ON t.id = h.task_id WHERE t.title LIKE 'client %'
            UNION ALL SELECT 'notification', n.created_at FROM notifications n JOIN tasks t ON t.id = n.task_id WHERE t.title LIKE 'client %') times
          WHERE at < $1::timestamptz - interval '2 seconds' OR at > clock_timestamp() + interval '2 seconds'`,
        [began, `${world.journal.prefix}-%`],
      ),
    },
    {
      what: 'versions of a task follow each other in time, by at most two seconds of difference',
      faults: await faults(`SELECT * FROM (SELECT entity_id, entity_version, occurred_at,
          lag(occurred_at) OVER (PARTITION BY entity_id ORDER BY entity_version) AS before
          FROM audit_trail WHERE entity_type = 'task') versions WHERE occurred_at < before - interval '2 seconds'`),
    },
    { what: 'tokens of one replica are good on the others', faults: refusals(world) },
  ];
}

const refusals = ({ journal }) => [...journal.answers.keys()].filter((answer) => answer.match(/^401|^5/));
