import { anActor, as, type TestActor } from './actors.js';
import { sql, type TestApp } from './app.js';

interface Row {
  id: number;
  title: string;
  status: string;
  priority: string;
  assignee: number;
  estimated: number;
  actual: number | null;
  late: boolean;
}

/** A user of each role, the manager on a second replica too. */
export async function readers(app: TestApp, replica: TestApp) {
  const [manager, auditor] = [await anActor(app, 'manager'), await anActor(app, 'auditor')];
  const developers = [await anActor(app, 'developer'), await anActor(app, 'developer')] as const;
  return { manager, auditor, developers, elsewhere: { ...manager, app: replica } };
}

/** Figures as everyone reads them beside those of a recount, for `toEqual`. */
export async function recounted(app: TestApp, everyone: readonly TestActor[]): Promise<[unknown[], unknown[]]> {
  const tasks = await app.rows<Row>(sql`SELECT id, title, status, priority, assigned_to_id AS assignee,
    (estimated_hours * 100)::int AS estimated, (actual_hours * 100)::int AS actual,
    status <> 'completed' AND deadline < ${app.clock.now()} AS late FROM tasks WHERE deleted_at IS NULL ORDER BY id`);
  const read: unknown[] = [];
  const wanted: unknown[] = [];
  for (const who of everyone) {
    const { body: overview } = await as(who).get('/api/analytics');
    const { body } = await as(who).get('/api/analytics/team');
    read.push(overview, body.filter(({ total }: { total: number }) => total > 0).map(figuresOf));
    const seen = tasks.filter(({ assignee }) => who.role !== 'developer' || assignee === who.id);
    wanted.push(
      overviewOf(
        tasks.filter(({ assignee }) => assignee === who.id),
        seen,
      ),
      teamOf(seen),
    );
  }
  return [read, wanted];
}

/** The rates of the team are made of the other figures. */
function figuresOf({
  user_id,
  total,
  by_status,
  overdue_count,
  estimated_hours,
  actual_hours,
}: Record<string, unknown>) {
  return { user_id, total, by_status, overdue_count, estimated_hours, actual_hours };
}

const countIf = (tasks: Row[], fits: (task: Row) => boolean) => tasks.filter(fits).length;
const hours = (tasks: Row[], of: (task: Row) => number | null) =>
  (tasks.reduce((sum, task) => sum + (of(task) ?? 0), 0) / 100).toFixed(2);

function byStatus(tasks: Row[]) {
  const of = (status: string) => countIf(tasks, (task) => task.status === status);
  return { pending: of('pending'), in_progress: of('in_progress'), blocked: of('blocked'), completed: of('completed') };
}

function overviewOf(own: Row[], seen: Row[]) {
  const timed = own.filter(({ status, actual }) => status === 'completed' && actual !== null);
  const spent = timed.reduce((sum, { actual }) => sum + (actual ?? 0), 0);
  const of = (priority: string) => countIf(seen, (task) => task.priority === priority);
  const average = Math.floor((2 * spent + timed.length) / (2 * timed.length)) / 100;
  return {
    my_tasks: {
      ...{
        total: own.length,
        ...byStatus(own),
        by_status: byStatus(own),
        overdue_count: countIf(own, ({ late }) => late),
      },
      avg_completion_time: timed.length > 0 ? `${average.toFixed(2)} hours` : null,
    },
    team_tasks: {
      ...{ total: seen.length, completed: byStatus(seen).completed },
      priority_distribution: { low: of('low'), medium: of('medium'), high: of('high'), critical: of('critical') },
      blocked_tasks_needing_attention: seen
        .filter(({ status }) => status === 'blocked')
        .map(({ id, title, assignee }) => ({ id, title, assigned_to: assignee })),
    },
    efficiency_score: efficiencyOf(own.length, byStatus(own).completed, timed),
  };
}

/** A fraction with two places, halves up, without a rounding on the way. */
const halfUp = (n: bigint, d: bigint): number => Number((200n * n + d) / (2n * d)) / 100;

/** Completion rate × 0.6 + time efficiency × 0.4, or the completion rate alone where no hours were spent. */
function efficiencyOf(total: number, completed: number, timed: Row[]): number {
  const add = (of: (task: Row) => number) => timed.reduce((sum, task) => sum + of(task), 0);
  const spent = add(({ actual }) => actual ?? 0);
  const planned = Math.min(
    add(({ estimated }) => estimated),
    spent,
  );
  const [n, c, p, s] = [BigInt(total), BigInt(completed), BigInt(planned), BigInt(spent)];
  if (total === 0) return 0;
  return spent === 0 ? halfUp(100n * c, n) : halfUp(60n * c * s + 40n * p * n, n * s);
}

function teamOf(seen: Row[]) {
  const ids = [...new Set(seen.map(({ assignee }) => assignee))].sort((a, b) => a - b);
  return ids.map((id) => {
    const own = seen.filter(({ assignee }) => assignee === id);
    return {
      ...{ user_id: id, total: own.length, by_status: byStatus(own), overdue_count: countIf(own, ({ late }) => late) },
      estimated_hours: hours(own, ({ estimated }) => estimated),
      actual_hours: hours(own, ({ actual }) => actual),
    };
  });
}
