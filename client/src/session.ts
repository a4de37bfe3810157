import { problemOf } from './problem-error.js';
import { type Send } from './repeat.js';
import { type components } from './schema.js';

export type Credentials = components['schemas']['Credentials'];

/** Asks a person the question of a login challenge, such as `3 + 4`. @returns undefined to give up */
export type AnswerCaptcha = (question: string) => string | undefined | Promise<string | undefined>;

interface SessionOptions {
  readonly baseUrl: string;
  readonly onCaptcha: AnswerCaptcha | undefined;
  readonly onSignedOut: (() => void) | undefined;
}

/** Problems of an access token that a refresh can mend. */
const REFRESHABLE = new Set(['invalid_token', 'unauthenticated']);

/**
 * Holds the access token in memory and the refresh token in its cookie. One refresh serves all requests that are rejected
 * at the same time, and each of them is sent once more.
 */
export class Session {
  private token: string | undefined;
  private refreshing: Promise<boolean> | undefined;
  private ended = false;
  /** Outside of browsers, which keep cookies to themselves and ignore a `Cookie` header. */
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly transport: Send,
    private readonly options: SessionOptions,
  ) {}

  /** @throws ProblemError such as `wrong_credentials`, `second_factor_required`, `challenge_required` */
  async signIn(credentials: Credentials): Promise<void> {
    let response = await this.post('login', credentials);
    for (let question = await captchaOf(response); question !== undefined; question = await captchaOf(response)) {
      const answer = await this.options.onCaptcha?.(question);
      if (answer === undefined) break;
      response = await this.post('login', credentials, { 'X-Captcha-Answer': answer });
    }
    if (!response.ok) throw await problemOf(response);
    await this.accept(response);
  }

  /** Continues the session of an earlier page by its cookie. @returns false where there is none */
  restore(): Promise<boolean> {
    return this.refresh();
  }

  /** Ends the session. */
  async signOut(): Promise<void> {
    const response = await this.send(this.request('logout'));
    this.end();
    if (!response.ok && response.status !== 401) throw await problemOf(response);
  }

  /** Sends a request as the signed-in user. */
  readonly send: Send = async (request) => {
    const again = request.clone();
    const used = this.token;
    const response = await this.attempt(request, used);
    if (response.status !== 401 || this.ended || !REFRESHABLE.has((await problemOf(response)).code)) return response;
    // Another request may have refreshed the token since.
    if (this.token === used && !(await this.refresh())) return response;
    return this.attempt(again, this.token);
  };

  private async attempt(request: Request, token: string | undefined): Promise<Response> {
    if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
    const response = await this.exchange(request);
    const fresh = response.headers.get('X-New-Access-Token');
    if (fresh !== null && this.token === token) this.token = fresh;
    return response;
  }

  /** @returns false where the session has ended. @throws where the server cannot be reached, or fails */
  private refresh(): Promise<boolean> {
    this.refreshing ??= this.refreshOnce().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async refreshOnce(): Promise<boolean> {
    const response = await this.post('refresh');
    if (response.ok) await this.accept(response);
    else if (response.status >= 500 || response.status === 429) throw await problemOf(response);
    else this.end();
    return response.ok;
  }

  private async accept(response: Response): Promise<void> {
    const { access } = (await response.json()) as components['schemas']['AccessToken'];
    this.token = access;
    this.ended = false;
  }

  private end(): void {
    const wasSignedIn = this.token !== undefined;
    this.token = undefined;
    this.ended = true;
    if (wasSignedIn) this.options.onSignedOut?.();
  }

  private post(action: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    return this.exchange(this.request(action, body, headers));
  }

  private request(action: string, body?: object, headers: Record<string, string> = {}): Request {
    return new Request(`${this.options.baseUrl}/api/auth/${action}`, {
      method: 'POST',
      credentials: 'include',
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  private async exchange(request: Request): Promise<Response> {
    if (this.cookies.size > 0)
      request.headers.set('Cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await this.transport(request);
    for (const cookie of response.headers.getSetCookie?.() ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return response;
  }
}

async function captchaOf(response: Response): Promise<string | undefined> {
  return response.status === 403 ? (await problemOf(response)).problem.captcha : undefined;
}
