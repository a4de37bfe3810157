import { HttpException } from '@nestjs/common';

/** Error of a field of a request body or query. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

interface ProblemExtras {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the body, as RFC 9457 §3.2 allows. */
  readonly [member: string]: unknown;
}

/** Error response of the API (RFC 9457). */
export class Problem extends HttpException {
  constructor(
    readonly code: string,
    status: number,
    readonly title: string,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail, status);
  }

  /** Returns the problem with further members. */
  with(extras: ProblemExtras): Problem {
    return new Problem(this.code, this.getStatus(), this.title, this.detail, { ...this.extras, ...extras });
  }

  /** Returns the problem with the name of its record in the detail, for bulk changes. */
  forRecord(name: string): Problem {
    return new Problem(this.code, this.getStatus(), this.title, `${this.detail} (${name})`, this.extras);
  }
}

/** Factory of one kind of problem: `TaskProblem.task_not_found('Task 7 not found')`. */
export interface ProblemKind {
  (detail?: string, extras?: ProblemExtras): Problem;
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** Members that its body always has, with example values for the documents. */
  readonly example?: object;
}

const kindsByCode = new Map<string, ProblemKind>();

/**
 * Declares the problem codes of a module.
 *
 * @param kinds by code: the HTTP status, a title that is the default detail and, for the documents, further members
 * @throws if a code is declared twice
 */
export function problems<K extends string>(
  kinds: Record<K, readonly [number, string, object?]>,
): Record<K, ProblemKind> {
  const made = Object.entries<readonly [number, string, object?]>(kinds).map(([code, [status, title, example]]) => {
    if (kindsByCode.has(code)) throw new Error(`Problem code "${code}" is declared twice`);
    const make = (detail: string = title, extras?: ProblemExtras) => new Problem(code, status, title, detail, extras);
    const kind: ProblemKind = Object.assign(make, { code, status, title, ...(example && { example }) });
    kindsByCode.set(code, kind);
    return [code, kind];
  });
  return Object.fromEntries(made) as Record<K, ProblemKind>;
}

/** Returns every declared kind, for the documents and their tests. */
export const allProblems = (): ProblemKind[] => [...kindsByCode.values()];

export const CoreProblem = problems({
  invalid_json: [400, 'The body is not valid JSON'],
  bad_request: [400, 'The request is malformed'],
  unauthenticated: [401, 'Sign in to use this'],
  invalid_token: [401, 'The access token is invalid or has expired'],
  role_not_allowed: [403, 'Your role may not do this'],
  outside_working_hours: [403, 'This is possible within your working hours only'],
  not_yours: [403, 'This is not yours to change'],
  second_factor_enrolment_required: [
    403,
    'Your role needs a second factor: set one up with POST /api/auth/second-factor first',
  ],
  origin_not_allowed: [403, 'This origin is not allowed'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'This method is not available here'],
  request_timeout: [408, 'The request did not come in time'],
  conflict: [409, 'The request conflicts with the present state'],
  request_in_progress: [409, 'The same request, with this Idempotency-Key, is still under way; repeat it shortly'],
  answer_not_kept: [
    409,
    'This request was done already, and its answer is not kept any more: read the record instead of repeating the request',
  ],
  stale_version: [
    412,
    'The record has changed since you read it',
    {
      current_version: 4,
      changed_fields: [
        {
          field: 'status',
          version: 4,
          changed_by: 2,
          changed_by_user: 'developer',
          changed_at: '2026-11-02T08:15:00.000Z',
        },
      ],
    },
  ],
  unknown_entity_tag: [412, 'If-Match has no tag of this API'],
  payload_too_large: [413, 'The body is larger than 1 MiB, or than 16 KiB under /api/auth'],
  uri_too_long: [414, 'The address is too long'],
  expectation_failed: [417, 'This server meets no expectation but 100-continue'],
  unsupported_media_type: [415, 'Send JSON with Content-Type: application/json'],
  host_not_allowed: [421, 'This server is not known by that host name'],
  validation_error: [422, 'The request has invalid values'],
  reason_required: [
    422,
    'This change needs a reason',
    { errors: [{ field: 'reason', code: 'reason_required', message: 'This change needs a reason' }] },
  ],
  idempotency_key_reused: [422, 'This Idempotency-Key was used for another request; use a new key for each request'],
  idempotency_key_not_taken: [422, 'This takes no Idempotency-Key'],
  invalid_cursor: [422, 'The cursor does not belong to this list; start again without it'],
  too_many_requests: [429, 'Too many requests; try again later'],
  headers_too_large: [431, 'The request has more than 16 KiB of address and headers, or more than 1,000 headers'],
  internal_error: [500, 'Something went wrong on our side'],
  not_recorded: [503, 'The audit trail cannot be written, so nothing was changed or shown; try again shortly'],
  outcome_unknown: [
    503,
    'The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it',
  ],
  database_read_only: [503, 'The database can be read but not written now; nothing was changed; try again later'],
  database_failed: [503, 'The database has a fault or is not ready for this version; try again later'],
  busy: [503, 'The service is busy; try again shortly'],
});

/** Bounds the errors of one response: the next ones follow once these are corrected. */
const MAX_ERRORS = 20;

/** Makes the 422 with one entry per error; `detail` reads as a sentence, since existing clients show it. */
export function validationError(errors: readonly FieldError[]): Problem {
  const reported = errors.slice(0, MAX_ERRORS);
  const more = errors.length > reported.length ? [`and ${errors.length - reported.length} more`] : [];
  const detail = [...reported.map(({ message }) => message), ...more].join('; ');
  return CoreProblem.validation_error(detail || undefined, { errors: reported });
}

/** Makes the 503 with `Retry-After`, for transient failures. */
export const serviceUnavailable = (detail?: string): Problem =>
  CoreProblem.busy(detail, { headers: { 'Retry-After': '1' } });

/** 409 with `Retry-After`, for a request whose first attempt is under way. */
export const requestInProgress = (): Problem =>
  CoreProblem.request_in_progress(undefined, { headers: { 'Retry-After': '1' } });
