import { isProblem, problemOf } from './problem-error.js';
import { FIRST_PAUSE_MS, pause, type Send } from './repeat.js';
import { type components } from './schema.js';

export type Credentials = components['schemas']['Credentials'];

type CaptchaAnswer = string | null | undefined;

/** Asks a person the question of a login challenge, such as `3 + 4`. @returns null or undefined to give up, as `prompt` does */
export type AnswerCaptcha = (question: string) => CaptchaAnswer | Promise<CaptchaAnswer>;

interface SessionOptions {
  readonly baseUrl: string;
  readonly onCaptcha: AnswerCaptcha | undefined;
  readonly onSignedOut: (() => void) | undefined;
  readonly authTimeoutMs: number;
}

/** Problems of an access token that a refresh can mend. */
const REFRESHABLE = new Set(['invalid_token', 'unauthenticated']);
/** A gateway has lost the answer: the product gives none of these. */
const LOST_BY_GATEWAY = new Set([502, 504]);
/** Routes beside login and refresh whose answers set the cookies of a session, or clear them. */
const SETS_COOKIES = /\/api\/auth\/(logout|logout-all|password\/change|second-factor\/confirm)$/;

/**
 * Holds the access token in memory and the refresh token in its cookie. One refresh serves all requests that are rejected
 * at the same time, and each of them is sent once more.
 */
export class Session {
  private token: string | undefined;
  private refreshing: Promise<boolean> | undefined;
  private ended = false;
  /** Counts sign-ins and ends: answers to requests of an earlier user change nothing. */
  private currentEpoch = 0;
  /** End of the last request that sets cookies: of two at once, the answer that comes last would win. */
  private turn: Promise<unknown> = Promise.resolve();
  /** Outside of browsers, which keep cookies to themselves and ignore a `Cookie` header. */
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly transport: Send,
    private readonly options: SessionOptions,
  ) {}

  get epoch(): number {
    return this.currentEpoch;
  }

  /** @throws ProblemError such as `wrong_credentials`, `second_factor_required`, `challenge_required` */
  async signIn(credentials: Credentials): Promise<void> {
    let response = await this.logIn(credentials);
    for (let question = await captchaOf(response); question !== undefined; question = await captchaOf(response)) {
      const answer = await this.options.onCaptcha?.(question);
      // Callers without types may return the null of `prompt`, which must not be sent as an answer.
      if (answer === undefined || answer === null) break;
      response = await this.logIn(credentials, { 'X-Captcha-Answer': answer });
    }
    if (!response.ok) throw await problemOf(response);
  }

  /** Continues the session of an earlier page by its cookie. @returns false where there is none */
  restore(): Promise<boolean> {
    return this.refresh();
  }

  /** Ends the session. */
  async signOut(): Promise<void> {
    // A sign-in that is under way is what ends.
    await this.turn;
    const { epoch } = this;
    const response = await this.send(this.request('logout')).catch((error: unknown) => {
      // A sign-in that came first has ended the session.
      if (this.epoch === epoch) throw error;
    });
    if (!response) return;
    // The session lives on, and its cookie with it: another attempt can end it.
    if (!response.ok && response.status !== 401) throw await problemOf(response);
    if (this.epoch === epoch) this.end();
  }

  /** Sends a request as the signed-in user. */
  readonly send: Send = async (request) => {
    const again = request.clone();
    const [used, epoch] = [this.token, this.epoch];
    const response = await this.attempt(request, used, epoch);
    if (response.status !== 401 || this.ended) return response;
    const { code } = await problemOf(response);
    if (code === 'session_replaced' && this.token === used && this.epoch === epoch) this.end();
    if (!REFRESHABLE.has(code)) return response;
    // Another request may have refreshed the token since.
    if (this.token === used && !(await this.refresh())) return response;
    // Another user may have signed in since, in whose name it must not be sent.
    return this.epoch === epoch ? this.attempt(again, this.token, epoch) : response;
  };

  private async attempt(request: Request, token: string | undefined, epoch: number): Promise<Response> {
    if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
    const exchange = (timeout?: AbortSignal) => {
      // Its answer would set the cookie of the user before.
      if (token !== undefined && this.token !== undefined && this.epoch !== epoch)
        throw new Error('Not sent: another session has begun since');
      return this.exchange(request, timeout);
    };
    const response = await (SETS_COOKIES.test(request.url) ? this.inTurn(exchange) : exchange());
    const fresh = response.headers.get('X-New-Access-Token');
    if (fresh !== null && this.token === token) this.token = fresh;
    return response;
  }

  /** @returns false where the session has ended. @throws where the server cannot be reached, or fails */
  private refresh(): Promise<boolean> {
    this.refreshing ??= this.refreshOnce().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private refreshOnce(): Promise<boolean> {
    const { epoch } = this;
    return this.inTurn((timeout) =>
      this.redeem(epoch, timeout).catch(async (error: unknown) => {
        if (timeout.aborted || !isLostAnswer(error)) throw error;
        // The server may have rotated the token, and takes the former one for a few seconds alone: a later attempt would end the session.
        await pause(FIRST_PAUSE_MS, timeout);
        return this.redeem(epoch, timeout);
      }),
    );
  }

  private async redeem(epoch: number, timeout: AbortSignal): Promise<boolean> {
    // The cookie is that of another user by now, or gone.
    if (this.epoch !== epoch) return this.token !== undefined;
    const response = await this.post('refresh', timeout);
    if (this.epoch !== epoch) return this.token !== undefined;
    if (response.ok) await this.accept(response);
    else if (response.status >= 500 || response.status === 429) throw await problemOf(response);
    else this.end();
    return response.ok;
  }

  private logIn(credentials: Credentials, headers?: Record<string, string>): Promise<Response> {
    return this.inTurn(async (timeout) => {
      const response = await this.post('login', timeout, credentials, headers);
      if (!response.ok) return response;
      try {
        await this.accept(response, () => this.currentEpoch++);
      } catch (error) {
        // The cookie is that of the new session already.
        this.end();
        throw error;
      }
      return response;
    });
  }

  /** @param work takes a signal that bounds it, since the others wait for it. @throws DOMException `TimeoutError` */
  private inTurn<T>(work: (timeout: AbortSignal) => Promise<T>): Promise<T> {
    const ms = this.options.authTimeoutMs;
    const done = this.turn.then(async () => {
      const timeout = AbortSignal.timeout(ms);
      return work(timeout).catch((error: unknown) => {
        throw timeout.aborted ? new DOMException(`No answer within ${ms / 1000} s; try again`, 'TimeoutError') : error;
      });
    });
    this.turn = done.catch(() => undefined);
    return done;
  }

  /** @param begin called in the step that replaces the token */
  private async accept(response: Response, begin?: () => void): Promise<void> {
    const { access } = (await response.json()) as components['schemas']['AccessToken'];
    begin?.();
    this.token = access;
    this.ended = false;
  }

  private end(): void {
    const wasSignedIn = this.token !== undefined;
    this.currentEpoch++;
    this.token = undefined;
    this.ended = true;
    if (wasSignedIn) this.options.onSignedOut?.();
  }

  private post(
    action: string,
    timeout: AbortSignal,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.exchange(this.request(action, body, headers), timeout);
  }

  private request(action: string, body?: object, headers: Record<string, string> = {}): Request {
    return new Request(`${this.options.baseUrl}/api/auth/${action}`, {
      method: 'POST',
      credentials: 'include',
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  private async exchange(request: Request, timeout?: AbortSignal): Promise<Response> {
    if (this.cookies.size > 0)
      request.headers.set('Cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const signal = timeout && firstOf(request.signal, timeout);
    const response = await this.transport(signal ? new Request(request, { signal }) : request);
    for (const cookie of response.headers.getSetCookie?.() ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return response;
  }
}

/** A signal that aborts with the first of these; `AbortSignal.any` is younger than some browsers in use. */
function firstOf(...signals: AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    const abort = () => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: controller.signal });
  }
  return controller.signal;
}

const isLostAnswer = (error: unknown): boolean => !isProblem(error) || LOST_BY_GATEWAY.has(error.status);

async function captchaOf(response: Response): Promise<string | undefined> {
  return response.status === 403 ? (await problemOf(response)).problem.captcha : undefined;
}
