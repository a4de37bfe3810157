import { type components } from './schema.js';

/** RFC 9457 problem, as every error response of the API is. Some codes have further members. */
export type Problem = components['schemas']['Problem'];

/** Error response of the API. `message` is one sentence for people, `code` is stable. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  /** Fields that were rejected, with 422. */
  readonly errors: NonNullable<Problem['errors']>;

  constructor(
    readonly problem: Partial<Problem>,
    readonly response: Response,
  ) {
    super(problem.detail ?? `The server answered ${response.status}`);
    this.status = response.status;
    this.code = problem.code ?? 'unknown';
    this.requestId = problem.request_id ?? response.headers.get('X-Request-Id') ?? undefined;
    this.errors = problem.errors ?? [];
  }

  /** Seconds until a repetition makes sense, where the server names them. */
  get retryAfter(): number | undefined {
    const seconds = this.response.headers.get('Retry-After');
    return seconds === null ? undefined : Number(seconds);
  }
}

/** True for an error response of the API; with `code`, for that problem alone. */
export function isProblem(error: unknown, code?: string): error is ProblemError {
  return error instanceof ProblemError && (code === undefined || error.code === code);
}

/** Reads the problem of an error response, and leaves the response unread. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return new ProblemError(typeof problem === 'object' && problem !== null ? problem : {}, response);
}
