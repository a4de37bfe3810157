import createFetchClient, { type Middleware } from 'openapi-fetch';
import { KEYLESS_ROUTES } from './keyless-routes.js';
import { Live, type SocketLike, type Topic } from './live.js';
import { pagesOf, type ItemOf, type ListParams, type ListPath } from './pages.js';
import { problemOf } from './problem-error.js';
import { repeating, type Send } from './repeat.js';
import { type components, type paths } from './schema.js';
import { Session, type AnswerCaptcha, type Credentials } from './session.js';
import { dataOf, type Api, type Call } from './typed-calls.js';

export { ProblemError, isProblem, type Problem } from './problem-error.js';
export {
  type Live,
  type LiveEvents,
  type LiveNotification,
  type NotificationType,
  type SocketLike,
  type TaskChange,
  type Topic,
} from './live.js';
export { type AnswerCaptcha, type Credentials } from './session.js';
export { type ItemOf, type ListParams, type ListPath } from './pages.js';
export { type Api, type Call } from './typed-calls.js';
export { type Send } from './repeat.js';
export { type components, type operations, type paths } from './schema.js';

type SocketClass = new (url: string) => SocketLike;

/** The shapes of requests and responses by name: `Schemas['TaskView']`. */
export type Schemas = components['schemas'];

export interface ClientOptions {
  /** Address of the API, such as `https://ctms.example.org`. */
  readonly baseUrl: string;
  /** Asks a person the question that a login needs after many failures. */
  readonly onCaptcha?: AnswerCaptcha;
  /** Called once when the session has ended, here or elsewhere. */
  readonly onSignedOut?: () => void;
  /** How often a request without an answer, or with `Retry-After`, is repeated; default 2. */
  readonly retries?: number;
  /**
   * Milliseconds after which a sign-in, refresh or sign-out that got no answer is aborted (`TimeoutError`), since other requests
   * wait for it; default 45,000, since a sign-in may wait 30 s for its turn in a busy product.
   */
  readonly authTimeoutMs?: number;
  /** Default: `fetch` of the platform; another one obeys the signal of the request. */
  readonly fetch?: Send;
  /** Default: `WebSocket` of the platform. */
  readonly WebSocket?: SocketClass;
}

export interface CtmsClient {
  /** Signs in; the client calls as this user from then on. @throws ProblemError */
  signIn(credentials: Credentials): Promise<void>;
  /** Continues the session of an earlier page. @returns false where there is none */
  restore(): Promise<boolean>;
  signOut(): Promise<void>;
  readonly get: Call<'get'>;
  readonly post: Call<'post'>;
  readonly put: Call<'put'>;
  readonly patch: Call<'patch'>;
  readonly delete: Call<'delete'>;
  /** The calls of openapi-fetch, which also return the response with its headers. They throw ProblemError, too. */
  readonly api: Api;
  /** Reads a list page by page. */
  pages<Path extends ListPath>(path: Path, params?: ListParams<Path>): AsyncGenerator<ItemOf<Path>[], void, undefined>;
  /** Reads a list item by item, page by page. */
  items<Path extends ListPath>(path: Path, params?: ListParams<Path>): AsyncGenerator<ItemOf<Path>, void, undefined>;
  /** Opens the live connection of the signed-in user; it ends with the session. */
  live(options?: { readonly topics?: readonly Topic[] }): Live;
}

/** Creates a client of the CTMS API. */
export function createClient(options: ClientOptions): CtmsClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const transport = repeating(options.fetch ?? ((request) => fetch(request)), options.retries ?? 2);
  const { onCaptcha, onSignedOut, authTimeoutMs = 45_000 } = options;
  const session = new Session(transport, { baseUrl, onCaptcha, onSignedOut, authTimeoutMs });
  const api = createFetchClient<paths>({ baseUrl, fetch: session.send, credentials: 'include' });
  api.use(withKeys, withErrors);
  return {
    signIn: (credentials) => session.signIn(credentials),
    restore: () => session.restore(),
    signOut: () => session.signOut(),
    get: dataOf<'get'>(api.GET),
    post: dataOf<'post'>(api.POST),
    put: dataOf<'put'>(api.PUT),
    patch: dataOf<'patch'>(api.PATCH),
    delete: dataOf<'delete'>(api.DELETE),
    api,
    pages: (path, params) => pagesOf(api, path, params),
    async *items(path, params) {
      for await (const page of pagesOf(api, path, params)) yield* page;
    },
    live({ topics = [] } = {}) {
      const Socket = options.WebSocket ?? globalThis.WebSocket;
      if (!Socket) throw new Error('This platform has no WebSocket: pass one to createClient');
      const { epoch } = session;
      const isCurrent = () => session.epoch === epoch;
      return new Live(
        { isCurrent, address: () => socketAddress(api, baseUrl, authTimeoutMs), open: (url) => new Socket(url) },
        topics,
      );
    },
  };
}

/** Gives each change a key of its own, unless the caller did: all attempts at it make it once. */
const withKeys: Middleware = {
  onRequest({ request, schemaPath }) {
    const { method, headers } = request;
    if (method === 'GET' || KEYLESS_ROUTES.has(`${method} ${schemaPath}`)) return;
    if (!headers.has('Idempotency-Key')) headers.set('Idempotency-Key', newKey());
  },
};

const withErrors: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
};

/** `crypto.randomUUID` is missing in pages that came over plain HTTP. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function socketAddress(api: Api, baseUrl: string, timeoutMs: number): Promise<string> {
  const { data } = await api.POST('/api/auth/socket-ticket', { signal: AbortSignal.timeout(timeoutMs) });
  return `${baseUrl.replace(/^http/, 'ws')}/ws/notifications/?ticket=${data?.ticket ?? ''}`;
}
