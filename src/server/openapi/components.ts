import { MAX_REASON } from '../../core/http/change-reason.header.js';

const text = { type: 'string' };
const seconds = (description: string) => ({ description, schema: { type: 'integer' }, example: 42 });

/** What every refusal is. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457. `code` is stable; `detail` is one readable sentence.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
  additionalProperties: true,
  properties: {
    ...{
      type: text,
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: text,
      code: text,
      request_id: text,
      server_request_id: {
        ...text,
        description: "The server's own name of the request, where the client named it by `X-Request-Id`",
      },
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
  },
};

/** Headers of every answer, and of those to whoever is signed in. */
export const HEADERS = {
  'X-Request-Id': { description: 'Names this request in the logs; taken from the request if it has one', schema: text },
  'X-Server-Request-Id': {
    description: "The server's own name of the request, where the request had an `X-Request-Id`",
    schema: text,
  },
  'X-Process-Time': { description: 'Seconds that the answer took', schema: text },
  'X-New-Access-Token': {
    description: 'A fresh access token, where the one that came is in its last two minutes',
    schema: text,
  },
};

/** Headers that come with refusals of a status. */
export const REFUSAL_HEADERS: Readonly<Record<number, object>> = {
  401: { 'WWW-Authenticate': { description: 'How to authenticate', schema: text } },
  429: {
    'Retry-After': seconds('Seconds to wait'),
    'RateLimit-Limit': { description: 'Requests allowed a minute', schema: { type: 'integer' }, example: 600 },
    'RateLimit-Remaining': { description: 'Of these, how many are left', schema: { type: 'integer' }, example: 0 },
    'RateLimit-Reset': seconds('Seconds until all of them are'),
    'RateLimit-Policy': { description: 'Limit and window in seconds', schema: text, example: '600;w=60' },
  },
  503: { 'Retry-After': seconds('Seconds to wait') },
};

/** The reason in the body of a change. */
export const BODY_REASON = {
  type: 'string',
  maxLength: MAX_REASON,
  description: 'Why; kept with the change in the audit trail. Goes before the header `X-Change-Reason`.',
  // Swagger UI sends it unless told otherwise; blank, it is none.
  example: '',
};

/** The body of a change that has no other. */
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
    'Why; kept with the change in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are refused without ' +
    'one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, ' +
    "percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is one.",
  schema: { type: 'string', maxLength: MAX_REASON },
  // Swagger UI sends the first one unless told otherwise, and no reason is better than one that nobody gave.
  examples: {
    none: { summary: 'No reason', value: '' },
    reason: { summary: 'A reason', value: 'Site visit moved by the sponsor' },
  },
};

/** The id in an address. */
export const ID = {
  in: 'path',
  required: true,
  schema: { type: 'integer', format: 'int32', minimum: 1, example: 3 },
};
