import { UnitOfWork } from '../../../src/core/persistence/unit-of-work.js';
import { systemPrincipal } from '../../../src/core/authorization/actor.js';
import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { sql, TestApp } from '../../support/app.js';
import { aUser } from '../../support/factories.js';

let app: TestApp;
let userId: number;

beforeAll(async () => {
  app = await TestApp.start();
  userId = (await aUser(app, 'developer')).id;
});
afterAll(() => app.stop());

const run = (job: string) => app.nest.get(JobQueue).runNow(job);
const left = async (table: string) =>
  (await app.rows<{ n: number }>(sql([`SELECT count(*)::int AS n FROM ${table}`])))[0]?.n;
const trail = (type: string) =>
  app.rows(
    sql`SELECT DISTINCT action, actor_name AS by, actor_role AS role FROM audit_trail WHERE entity_type = ${type}`,
  );

describe('retention', () => {
  it.each([
    ['email_verification_tokens', 'email_verification'],
    ['password_reset_tokens', 'password_reset'],
  ])('deletes %s that were used or expired 30 days ago, in batches', async (table, type) => {
    const insert = (count: number, expires: string, used: string) =>
      app.rows(
        sql([
          `INSERT INTO ${table} (user_id, token_hash, token_salt, email, expires_at, used_at)
          SELECT ${userId}, gen_random_uuid(), '', 'x@mail.test', ${expires}, ${used} FROM generate_series(1, ${count})`,
        ]),
      );
    await insert(2500, `now() - interval '31 days'`, 'NULL');
    await insert(2, `now() + interval '1 day'`, `now() - interval '31 days'`);
    await insert(3, `now() - interval '29 days'`, 'NULL');
    await insert(4, `now() + interval '1 day'`, `now() - interval '29 days'`);
    await insert(5, `now() + interval '1 day'`, 'NULL');
    expect(await run('clean-up-tokens')).toBe(2502);
    expect(await left(table)).toBe(12);
    expect(await run('clean-up-tokens')).toBe(0);
    expect(await trail(type)).toEqual([{ action: `${type}.deleted`, by: 'clean-up', role: 'system' }]);
  });

  it('deletes sessions that ended or expired 30 days ago, except the last one of each user', async () => {
    const insert = (user: number, expires: string, ended: string) =>
      app.rows(
        sql([
          `INSERT INTO user_sessions (user_id, device_id, refresh_token_hash, refresh_salt, expires_at, ended_at, end_reason)
          VALUES (${user}, gen_random_uuid(), 'h', 's', ${expires}, ${ended}, CASE WHEN ${ended} IS NULL THEN NULL ELSE 'logout' END)`,
        ]),
      );
    const other = (await aUser(app, 'developer')).id;
    await insert(userId, `now() - interval '31 days'`, 'NULL::timestamptz');
    await insert(userId, `now() + interval '2 days'`, `now() - interval '31 days'`);
    await insert(userId, `now() - interval '29 days'`, 'NULL::timestamptz');
    await insert(other, `now() - interval '31 days'`, 'NULL::timestamptz');
    await insert(other, `now() - interval '31 days'`, `now() - interval '33 days'`);
    expect(await run('clean-up-sessions')).toBe(3);
    expect(await left('user_sessions')).toBe(2);
    expect(await trail('session')).toEqual([{ action: 'session.deleted', by: 'clean-up', role: 'system' }]);
  });

  it('runs on one replica at a time', async () => {
    await app.rows(sql`INSERT INTO password_reset_tokens (user_id, token_hash, token_salt, email, expires_at)
    VALUES (${userId}, 'alone', '', 'x@mail.test', now() - interval '31 days')`);
    await app.nest.get(UnitOfWork).run(systemPrincipal('test'), async (tx) => {
      await app.nest.get(JobQueue).tryExclusive(tx, 'clean-up-tokens');
      expect(await run('clean-up-tokens')).toBe(0);
    });
    expect(await run('clean-up-tokens')).toBe(1);
  });
});
