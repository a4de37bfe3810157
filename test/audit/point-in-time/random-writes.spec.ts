import fc from 'fast-check';
import { as, type TestActor } from '../../support/actors.js';
import { type TestApp } from '../../support/app.js';
import { startPast } from '../../support/past.js';
import { seedOf } from '../../support/seeds.js';

/** Longer histories, and all of their states, where that is asked for. */
const WRITES = Number(process.env.AS_OF_WRITES ?? 300);
const SAMPLES = Number(process.env.AS_OF_SAMPLES ?? 100);
const STATUSES = ['pending', 'in_progress', 'blocked', 'completed'] as const;

interface Snapshot {
  readonly at: string;
  readonly list: string;
}

describe('the state as of a time', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let people: number[];
  let tags: number[];

  beforeAll(async () => {
    ({ app, manager, auditor, people, tags } = await startPast());
  });
  afterAll(() => app.stop());

  const draft = (more: object = {}) => ({
    ...{ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: people[0] },
    ...more,
  });
  const asOf = (at: string, path = '/api/tasks') => as(auditor).get(`${path}?as_of=${encodeURIComponent(at)}`);

  /** One random write; most succeed, some are refused, some change several records. */
  const write = fc.oneof(
    fc.record({ kind: fc.constant('create' as const), parent: fc.nat(), tag: fc.nat(3) }),
    fc.record({
      kind: fc.constant('patch' as const),
      task: fc.nat(),
      body: fc.record(
        {
          title: fc.constantFrom('x', 'y', 'ü"\\'),
          description: fc.constantFrom('', 'words'),
          status: fc.constantFrom(...STATUSES),
          priority: fc.constantFrom('low', 'high', 'critical'),
          estimated_hours: fc.constantFrom('0.00', '8.50'),
          actual_hours: fc.constantFrom(null, '3.25'),
          deadline: fc.constantFrom('2030-01-01T00:00:00Z', '2031-05-05T05:05:05.123Z'),
        },
        { requiredKeys: [] },
      ),
      assignee: fc.option(fc.nat(1)),
      tags: fc.option(fc.uniqueArray(fc.nat(2))),
    }),
    fc.record({
      kind: fc.constant('bulk' as const),
      tasks: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      status: fc.constantFrom(...STATUSES),
    }),
    fc.record({ kind: fc.constant('delete' as const), task: fc.nat() }),
  );

  async function perform(step: typeof write extends fc.Arbitrary<infer S> ? S : never, ids: number[]): Promise<void> {
    const pick = (n: number) => ids[n % ids.length] as number;
    const me = as(manager);
    if (step.kind === 'create' || ids.length === 0) {
      const parent =
        step.kind === 'create' && ids.length > 0 && step.parent % 3 > 0 ? { parent_task: pick(step.parent) } : {};
      const body = draft({ ...parent, tags: step.kind === 'create' ? tags.slice(0, step.tag) : [] });
      const { status, body: task } = await me.post('/api/tasks', body);
      if (status === 201) ids.push((task as { id: number }).id);
      // Lists of some size, and long lives, rather than ever more tasks.
      if (ids.length > 50) await me.delete(`/api/tasks/${ids.shift()}`);
    } else if (step.kind === 'patch') {
      const assignee = step.assignee === null ? {} : { assigned_to: people[step.assignee] };
      const tagged = step.tags ? { tags: step.tags.map((i) => tags[i]) } : {};
      await me.patch(`/api/tasks/${pick(step.task)}`, { ...step.body, ...assignee, ...tagged });
    } else if (step.kind === 'bulk') {
      await me.post('/api/tasks/bulk-update', { task_ids: step.tasks.map(pick), status: step.status });
    } else if (step.task % 4 === 0) await me.delete(`/api/tasks/${pick(step.task)}`);
  }

  it(
    `is what was answered then, after each of ${WRITES} random writes`,
    async () => {
      const seed = seedOf('AS_OF_SEED');
      const steps = fc.sample(write, { numRuns: WRITES, seed });
      let ids: number[] = [];
      const kept: Snapshot[] = [];
      for (const step of steps) {
        await perform(step, ids);
        const { text, body } = await as(manager).get('/api/tasks');
        kept.push({ at: new Date().toISOString(), list: text });
        // A deleted task takes its children with it: writes to them would all be refused.
        ids = (body as { id: number }[]).map(({ id }) => id);
      }
      const stride = Math.max(1, Math.floor(WRITES / SAMPLES));
      for (const { at, list } of kept.filter((_, i) => i % stride === 0 || i === kept.length - 1)) {
        const tasks = JSON.parse(list) as { id: number }[];
        const answer = await asOf(at);
        expect([seed, at, answer.status, answer.body]).toEqual([seed, at, 200, tasks]);
        const last = tasks.at(-1);
        if (last) expect((await asOf(at, `/api/tasks/${last.id}`)).body).toEqual(last);
      }
      const states = new Set(kept.map(({ list }) => list)).size;
      expect([seed, states, states > WRITES / 3]).toEqual([seed, states, true]);
    },
    60_000 + WRITES * 300,
  );
});
