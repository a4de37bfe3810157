import fc from 'fast-check';
import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { AT_ONCE, TestApp } from '../support/app.js';
import { repeatedAfterWait } from '../support/attempts.js';

/** One attempt: under which key, with which title, at which replica, after how many milliseconds. */
interface Attempt {
  readonly key: number;
  readonly title: number;
  readonly there: boolean;
  readonly after: number;
}

describe('Idempotency-Key with two replicas', () => {
  let app: TestApp;
  let replica: TestApp;
  let manager: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start(AT_ONCE);
    replica = await TestApp.start(AT_ONCE, app);
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(async () => {
    await replica.stop();
    await app.stop();
  });

  const attempt = (title: string, key: string, there: boolean) =>
    as(there ? { ...manager, app: replica } : manager).post(
      '/api/tasks',
      { title, estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: developer.id },
      { 'Idempotency-Key': key },
    );
  const create = (title: string, key: string, there: boolean) =>
    repeatedAfterWait(
      () => attempt(title, key, there),
      ({ body }) => body.code === 'request_in_progress',
    );
  const effectsOf = (titles: string) =>
    app.rows<{ title: string; id: number; entries: number; notifications: number }>(sql`SELECT title, id,
        (SELECT count(*)::int FROM audit_trail a WHERE a.entity_type = 'task' AND a.entity_id = t.id) AS entries,
        (SELECT count(*)::int FROM notifications n WHERE n.task_id = t.id) AS notifications
      FROM tasks t WHERE starts_with(title, ${titles}) ORDER BY id`);

  it('makes one change of twenty at once, and gives twenty equal answers', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => create('Twenty', 'twenty', i % 2 === 1)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers.etag)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(await effectsOf('Twenty')).toEqual([
      { title: 'Twenty', id: answers[0]?.body.id, entries: 1, notifications: 1 },
    ]);
  });

  it('gives each key one effect, that of its first body, however attempts meet', async () => {
    let run = 0;
    const anAttempt = fc.record({
      key: fc.nat({ max: 3 }),
      title: fc.nat({ max: 1 }),
      there: fc.boolean(),
      after: fc.nat({ max: 15 }),
    });
    const property = async (attempts: readonly Attempt[]) => {
      const name = `Run-${++run}-`;
      const titleOf = ({ key, title }: Attempt) => `${name}${key}.${title}`;
      const answers = await Promise.all(
        attempts.map(async (one) => {
          await new Promise((resolve) => setTimeout(resolve, one.after));
          return { one, answer: await create(titleOf(one), `${name}${one.key}`, one.there) };
        }),
      );
      const keys = [...new Set(attempts.map(({ key }) => key))];
      const made = await effectsOf(name);
      expect(made).toHaveLength(keys.length);
      for (const row of made) expect(row).toMatchObject({ entries: 1, notifications: 1 });
      for (const key of keys) {
        const won = made.find(({ title }) => title.startsWith(`${name}${key}.`));
        const of = answers.filter(({ one }) => one.key === key);
        const [same, others] = [true, false].map((is) => of.filter(({ one }) => (titleOf(one) === won?.title) === is));
        expect(new Set(same?.map(({ answer }) => answer.text)).size).toBe(1);
        for (const { answer } of same ?? []) expect([answer.status, answer.body.id]).toEqual([201, won?.id]);
        expect(same?.filter(({ answer }) => !answer.headers['idempotency-replayed'])).toHaveLength(1);
        for (const { answer } of others ?? [])
          expect([answer.status, answer.body.code]).toEqual([422, 'idempotency_key_reused']);
      }
    };
    const some = fc.array(anAttempt, { minLength: 1, maxLength: 12 });
    await fc.assert(fc.asyncProperty(some, property), { numRuns: 40 });
  }, 120_000);
});

describe('Idempotency-Key where there are two connections', () => {
  it('never has a request wait for a second one while it holds the first', async () => {
    const app = await TestApp.start({ DATABASE_POOL_SIZE: '2', ...AT_ONCE });
    try {
      const manager = await anActor(app, 'manager');
      const create = (key: number) =>
        as(manager).post('/api/tags', { name: `tag ${key}` }, { 'Idempotency-Key': `few-${key}` });
      const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => create(i % 6)));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 201));
      expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(6);
    } finally {
      await app.stop();
    }
  });
});
