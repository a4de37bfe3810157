import sql from 'sql-template-tag';
import request, { type Test } from 'supertest';
import { AccessTokensService } from '../../src/auth/access-tokens/access-tokens.service.js';
import { type Role } from '../../src/core/authorization/actor.js';
import { type TestApp } from './app.js';
import { documented } from './documented.js';
import { aUser, type UserRow } from './factories.js';

/** A user with a session: the first word of a test. `await as(developer).patch('/api/tasks/1', {…})`. */
export interface TestActor extends UserRow {
  readonly app: TestApp;
  readonly sessionId: number;
  readonly token: string;
}

/** A user of a role, signed in. Managers, developers and auditors are in UTC unless given. */
export async function anActor(
  app: TestApp,
  role: Role,
  given: { timezone?: string; username?: string } = {},
): Promise<TestActor> {
  return signedIn(app, await aUser(app, role, given));
}

/** A session for a user, opened past the login. */
export async function signedIn(app: TestApp, user: UserRow): Promise<TestActor> {
  const [session] = await app.rows<{ id: number }>(sql`INSERT INTO user_sessions
      (user_id, device_id, refresh_token_hash, refresh_salt, expires_at)
    VALUES (${user.id}, gen_random_uuid(), '', '', '2200-01-01') RETURNING id`);
  const sessionId = session?.id ?? 0;
  return {
    ...user,
    app,
    sessionId,
    token: await app.nest.get(AccessTokensService, { strict: false }).issue(user.id, sessionId),
  };
}

type Headers = Record<string, string>;

/** Sends requests as an actor, or anonymously. Each has a new token, so that a moved clock does not expire it. */
export function as(who: TestActor | TestApp) {
  const actor = 'app' in who ? who : undefined;
  const app = actor?.app ?? (who as TestApp);
  const send = async (
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    body?: unknown,
    headers: Headers = {},
  ) => {
    // A `Link` is absolute.
    const target = path.replace(/^https?:\/\/[^/]+/, '');
    const call: Test = request(app.server)[method](target).set(headers);
    if (actor) {
      const token = await app.nest.get(AccessTokensService, { strict: false }).issue(actor.id, actor.sessionId);
      if (!headers.Authorization) void call.set('Authorization', `Bearer ${token}`);
    }
    const response = await (body === undefined ? call : call.send(body as object));
    documented(method, target, response, app.routes);
    return response;
  };
  return {
    get: (path: string, headers?: Headers) => send('get', path, undefined, headers),
    post: (path: string, body?: unknown, headers?: Headers) => send('post', path, body, headers),
    put: (path: string, body?: unknown, headers?: Headers) => send('put', path, body, headers),
    patch: (path: string, body?: unknown, headers?: Headers) => send('patch', path, body, headers),
    delete: (path: string, headers?: Headers) => send('delete', path, undefined, headers),
  };
}
