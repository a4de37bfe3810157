import request, { type Response } from 'supertest';
import sql from 'sql-template-tag';
import { type TestApp } from './app.js';

export const PASSWORD = 'correct horse battery';

/** A browser as the server sees it: it keeps the cookies of its user, and nothing else. */
export class Device {
  readonly cookies = new Map<string, string>();
  access = '';
  /** Sent with every request. */
  headers: Record<string, string> = {};

  constructor(
    readonly app: TestApp,
    private readonly userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  ) {}

  async login(username: string, password = PASSWORD, second_factor_code?: string): Promise<Response> {
    const code = second_factor_code === undefined ? {} : { second_factor_code };
    const answer = await this.post('/api/auth/login', { username, password, ...code });
    if (answer.status === 200) this.access = (answer.body as { access: string }).access;
    return answer;
  }

  /** By this device's own cookie, or by another refresh token. */
  async refresh(token = this.cookies.get('refresh_token')): Promise<Response> {
    if (token !== undefined) this.cookies.set('refresh_token', token);
    return this.post('/api/auth/refresh');
  }

  post(path: string, body?: object, token = this.access): Promise<Response> {
    return this.send('post', path, body, token);
  }

  get(path: string, token = this.access): Promise<Response> {
    return this.send('get', path, undefined, token);
  }

  patch(path: string, body: object): Promise<Response> {
    return this.send('patch', path, body, this.access);
  }

  delete(path: string, body?: object): Promise<Response> {
    return this.send('delete', path, body, this.access);
  }

  private async send(
    method: 'get' | 'post' | 'patch' | 'delete',
    path: string,
    body: object | undefined,
    token: string,
  ) {
    const call = request(this.app.server)
      [method](path)
      .set({ 'User-Agent': this.userAgent, ...this.headers });
    if (this.cookies.size > 0) void call.set('Cookie', [...this.cookies].map((pair) => pair.join('=')).join('; '));
    if (token) void call.set('Authorization', `Bearer ${token}`);
    const answer = await (body ? call.send(body) : call);
    for (const line of setCookies(answer)) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return answer;
  }
}

export const setCookies = (answer: Response): string[] =>
  (answer.headers['set-cookie'] as unknown as string[] | undefined) ?? [];

/** Signs up, and verifies the address. @returns the id */
export async function aMember(app: TestApp, username: string, password = PASSWORD): Promise<number> {
  const anybody = new Device(app);
  const signUp = await anybody.post('/api/auth/register', { username, email: `${username}@mail.test`, password });
  if (signUp.status !== 201) throw new Error(signUp.text);
  await anybody.post('/api/auth/verify-email', {
    token: (signUp.body as { verification_token: string }).verification_token,
  });
  const [user] = await app.rows<{ id: number }>(sql`SELECT id FROM users WHERE username = ${username}`);
  return user?.id ?? 0;
}

/** Its sessions that are not ended. */
export function liveSessions(app: TestApp, userId: number): Promise<{ id: number }[]> {
  return app.rows<{ id: number }>(
    sql`SELECT id FROM user_sessions WHERE user_id = ${userId} AND ended_at IS NULL ORDER BY id`,
  );
}
