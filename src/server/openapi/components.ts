import { MAX_REASON } from '../../core/http/change-reason.header.js';

const text = { type: 'string' };
const positive = { type: 'integer', format: 'int32', minimum: 1 };
const seconds = (description: string) => ({ description, schema: { type: 'integer' }, example: 42 });

/** Schema of every problem response. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457. `code` is stable; `detail` is one readable sentence.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
  additionalProperties: true,
  properties: {
    type: text,
    title: text,
    status: { type: 'integer', format: 'int32', minimum: 400, maximum: 599 },
    detail: text,
    instance: text,
    code: text,
    request_id: text,
    server_request_id: {
      ...text,
      description: "The server's own id of the request, where the client sent `X-Request-Id`",
    },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'code', 'message'],
        properties: { field: text, code: text, message: text },
      },
    },
    captcha: { type: 'string', description: 'With `challenge_required`: the question, such as `3 + 4`' },
    allowed_from: {
      type: 'string',
      format: 'date-time',
      description: 'With `outside_working_hours`: when it will be allowed',
    },
    current_version: { ...positive, description: 'With a 412: the version that the record has' },
    changed_fields: {
      type: 'array',
      description:
        'With `stale_version`: the fields that changed since the version that was sent, each with its last change. Read from ' +
        'the audit trail, of the fields that you may read; empty where that version never was.',
      items: {
        type: 'object',
        required: ['field', 'version', 'changed_by', 'changed_by_user', 'changed_at'],
        properties: {
          field: text,
          version: positive,
          changed_by: {
            ...positive,
            nullable: true,
            example: 2,
            description: 'Null where a job of the product made the change',
          },
          changed_by_user: text,
          changed_at: { type: 'string', format: 'date-time' },
        },
      },
    },
    results: {
      type: 'array',
      items: { $ref: '#/components/schemas/BulkItem' },
      description: 'With the first fault of an atomic change of many tasks: the items that fail, at most 100',
    },
    decision: {
      allOf: [{ $ref: '#/components/schemas/PolicyDecision' }],
      description: 'With a 403 of a rule: the rule, and the facts that it looked at',
    },
  },
};

/** Headers of every response, and of those to signed-in users. */
export const HEADERS = {
  'X-Request-Id': { description: 'Id of this request in the logs; that of the request if it has one', schema: text },
  'X-Server-Request-Id': {
    description: "The server's own id of the request, where the client sent `X-Request-Id`",
    schema: text,
  },
  'X-Process-Time': { description: 'Duration of the request in seconds', schema: text },
  'X-New-Access-Token': {
    description: 'A new access token, where the one sent expires within two minutes',
    schema: text,
  },
};

/** Headers of problem responses by status. */
export const PROBLEM_HEADERS: Readonly<Record<number, object>> = {
  401: { 'WWW-Authenticate': { description: 'How to authenticate', schema: text } },
  429: {
    'Retry-After': seconds('Seconds to wait'),
    'RateLimit-Limit': { description: 'Requests allowed a minute', schema: { type: 'integer' }, example: 600 },
    'RateLimit-Remaining': {
      description: 'Remaining requests of the current window',
      schema: { type: 'integer' },
      example: 0,
    },
    'RateLimit-Reset': seconds('Seconds until the window ends'),
    'RateLimit-Policy': { description: 'Limit and window in seconds', schema: text, example: '600;w=60' },
  },
  503: { 'Retry-After': seconds('Seconds to wait') },
};

/** Schema of the reason in the body of a change. */
export const BODY_REASON = {
  type: 'string',
  maxLength: MAX_REASON,
  description:
    'Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.',
  // Swagger UI sends the example by default; a blank reason counts as none.
  example: '',
};

/** Schema of the body of a change without other fields. */
export const REASON_ALONE = {
  type: 'object',
  properties: { reason: BODY_REASON },
  additionalProperties: false,
};

export const CHANGE_REASON = {
  name: 'X-Change-Reason',
  in: 'header' as const,
  required: false,
  description:
    'Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without ' +
    'one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, ' +
    "percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal.",
  schema: { type: 'string', maxLength: MAX_REASON },
  // Swagger UI sends the first one by default, and no reason is better than an invented one.
  examples: {
    none: { summary: 'No reason', value: '' },
    reason: { summary: 'A reason', value: 'Site visit moved by the sponsor' },
  },
};

/** Parameter for the id in a path. */
export const ID = {
  in: 'path',
  required: true,
  schema: { type: 'integer', format: 'int32', minimum: 1, example: 3 },
};
