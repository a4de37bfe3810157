import { AccessTokensService } from '../../src/auth/access-tokens/access-tokens.service.js';
import { signedIn, type TestActor } from '../support/actors.js';
import { sql, type TestApp } from '../support/app.js';
import { aTask, aUser } from '../support/factories.js';
import { type Caller } from './hostile-requests.js';

const ROLES = { developer: 'developer', other: 'developer', manager: 'manager', auditor: 'auditor' } as const;
type Known = keyof typeof ROLES;

/** Texts that only some may read, marked by words that occur nowhere else: `taskmark7x` is in the tasks of user 7. */
const MARK = /(task|note|sess)mark(\d+)x/g;

/** All business data; the last use of sessions is not. */
const STATE = sql`SELECT
  (SELECT string_agg(md5((u.*)::text), '' ORDER BY id) FROM (SELECT id, username, email, hashed_password, role, timezone,
    email_verified, is_active FROM users) u) AS users,
  (SELECT string_agg(md5((t.*)::text), '' ORDER BY id) FROM tasks t) AS tasks,
  (SELECT string_agg(md5((t.*)::text), '' ORDER BY id) FROM tags t) AS tags,
  (SELECT string_agg((t.*)::text, '' ORDER BY task_id, tag_id) FROM task_tags t) AS task_tags,
  (SELECT count(*) FROM task_history) AS history,
  (SELECT string_agg(id || ' ' || read, ',' ORDER BY id) FROM notifications) AS notifications,
  (SELECT string_agg(id || ' ' || coalesce(end_reason, ''), ',' ORDER BY id) FROM user_sessions) AS sessions,
  (SELECT string_agg(id || ' ' || status, ',' ORDER BY id) FROM redactions) AS redactions`;

/** Users of each kind with records that only they may read, and the tokens of callers who are none. */
export class HostileWorld {
  private constructor(
    private readonly app: TestApp,
    private readonly actors: Record<Known, TestActor>,
    private readonly worthless: Readonly<Record<'expired' | 'revoked', string>>,
  ) {}

  static async make(app: TestApp): Promise<HostileWorld> {
    const actors = {} as Record<Known, TestActor>;
    for (const known of Object.keys(ROLES) as Known[]) actors[known] = await furnished(app, known);
    const tokens = app.nest.get(AccessTokensService, { strict: false });
    const [developer, gone] = [actors.developer, await signedIn(app, actors.developer)];
    await app.rows(sql`UPDATE user_sessions SET ended_at = now(), end_reason = 'logout' WHERE id = ${gone.sessionId}`);
    app.clock.advance(-86_400);
    const expired = await tokens.issue(developer.id, developer.sessionId);
    app.clock.reset();
    return new HostileWorld(app, actors, { expired, revoked: gone.token });
  }

  /** The header by which a caller is known. */
  authorization(caller: Caller): string[] {
    if (caller === 'anonymous') return [];
    const token = caller === 'expired' || caller === 'revoked' ? this.worthless[caller] : this.actors[caller].token;
    return [`Authorization: Bearer ${token}`];
  }

  /** Has everybody as they were, after something was done to an account. */
  async restore(): Promise<void> {
    for (const known of Object.keys(ROLES) as Known[]) {
      const { id, username } = this.actors[known];
      await this.app.rows(sql`UPDATE users SET role = ${ROLES[known]}, is_active = true, timezone = 'UTC',
        email = ${`${username}@example.org`} WHERE id = ${id}`);
      await this.app.rows(sql`UPDATE user_sessions SET ended_at = NULL, end_reason = NULL
        WHERE id = ${this.actors[known].sessionId}`);
    }
  }

  /** Marks in an answer that its caller may not read. */
  async leaks(caller: Caller, answer: string): Promise<string[]> {
    const marks = new Set(Array.from(answer.matchAll(MARK), ([mark]) => mark));
    const leaked: string[] = [];
    for (const mark of marks) if (!(await this.mayRead(caller, mark))) leaked.push(mark);
    return leaked;
  }

  private async mayRead(caller: Caller, mark: string): Promise<boolean> {
    if (caller === 'anonymous' || caller === 'expired' || caller === 'revoked') return false;
    const { id } = this.actors[caller];
    const [, kind, owner] = /^(task|note|sess)mark(\d+)x$/.exec(mark) ?? [];
    if (Number(owner) === id) return true;
    if (kind === 'task' && (caller === 'manager' || caller === 'auditor')) return true;
    if (kind === 'sess' && caller === 'auditor') return true;
    return kind === 'task' && (await this.wasGiven(id, mark));
  }

  /** A manager may have reassigned the task. */
  private async wasGiven(userId: number, mark: string): Promise<boolean> {
    const like = `%${mark}%`;
    const [given] = await this.app.rows<{ n: number }>(sql`SELECT
      (SELECT count(*) FROM tasks WHERE assigned_to_id = ${userId} AND title || description LIKE ${like})::int +
      (SELECT count(*) FROM notifications n LEFT JOIN tasks t ON t.id = n.task_id
        WHERE n.user_id = ${userId} AND (n.message LIKE ${like} OR t.title LIKE ${like}))::int AS n`);
    return (given?.n ?? 0) > 0;
  }

  /** To be compared with another one. */
  async state(): Promise<string> {
    return JSON.stringify(await this.app.rows(STATE));
  }
}

async function furnished(app: TestApp, known: Known): Promise<TestActor> {
  const user = await aUser(app, ROLES[known]);
  const actor = await signedIn(app, user);
  const { id } = actor;
  await app.rows(sql`UPDATE user_sessions SET user_agent = ${`sessmark${id}x`} WHERE user_id = ${id}`);
  const tasks = [
    await aTask(app, id, { title: `taskmark${id}x a` }),
    await aTask(app, id, { title: `taskmark${id}x b` }),
  ];
  await app.rows(sql`UPDATE tasks SET description = ${`taskmark${id}x`} WHERE assigned_to_id = ${id}`);
  for (const task of tasks)
    await app.rows(sql`INSERT INTO notifications (user_id, task_id, message, notification_type)
      VALUES (${id}, ${task.id}, ${`notemark${id}x`}, 'status_change')`);
  await app.rows(sql`INSERT INTO tags (name) VALUES (${`tag ${id}`})`);
  return actor;
}
