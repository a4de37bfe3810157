import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { type Config } from '../config/config.js';
import { REFUSES } from '../core/docs.js';
import { CoreProblem } from '../core/problem.js';

interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly example?: object;
}

interface Operation {
  description?: string;
  requestBody?: unknown;
  responses: Record<string, unknown>;
  [extension: `x-${string}`]: unknown;
}

const EVERYWHERE = [
  CoreProblem.bad_request,
  CoreProblem.busy,
  CoreProblem.internal_error,
  CoreProblem.origin_not_allowed,
];
const SIGNED_IN = [CoreProblem.unauthenticated, CoreProblem.invalid_token, CoreProblem.role_not_allowed];
const WITH_BODY = [CoreProblem.invalid_json, CoreProblem.payload_too_large, CoreProblem.unsupported_media_type];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** The OpenAPI document: what the decorators say, plus for every operation who may call it and its problems by code. */
export function openApiDocument(app: INestApplication, config: Config): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle(config.appName)
    .setDescription(
      'Back end for clinical-trial task management. Sign in with `POST /api/auth/login`: the token is applied here.\n\n' +
        'Live notifications come over the WebSocket `/ws/notifications/?token=<access token>` as JSON text frames: the ' +
        'server sends `{"type": "notification", "notification": {…}}`, the client may send ' +
        '`{"action": "mark_read", "notification_id": 7}` and `{"action": "mark_all_read"}`. Close code 4001: sign in again.',
    )
    .setVersion(config.appVersion)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'access-token')
    .addCookieAuth('refresh_token', { type: 'apiKey', in: 'cookie' }, 'refresh-token')
    .build();
  const document = SwaggerModule.createDocument(app, builder, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA as never },
  };
  for (const [path, item] of Object.entries(document.paths)) {
    const operations = item as unknown as Record<string, Operation | undefined>;
    for (const method of METHODS) complete(operations[method], path);
  }
  return document;
}

function complete(operation: Operation | undefined, path: string): void {
  if (!operation) return;
  const who = operation['x-who'] as string | undefined;
  operation.description = [operation.description, `**Who:** ${who ?? 'nobody'}.`].filter(Boolean).join('\n\n');
  const own = (operation[REFUSES] ?? []) as Refusal[];
  delete operation[REFUSES];
  const open = who === 'anyone';
  const refusals: Refusal[] = [
    ...own,
    ...EVERYWHERE,
    ...(path.startsWith('/api/') ? [CoreProblem.too_many_requests] : []),
    ...(open ? [] : SIGNED_IN),
    ...(who?.includes('within working hours') ? [CoreProblem.outside_working_hours] : []),
    ...(operation.requestBody ? WITH_BODY : []),
    CoreProblem.validation_error,
    CoreProblem.not_found,
  ];
  for (const status of [...new Set(refusals.map((refusal) => refusal.status))].sort()) {
    operation.responses[status] ??= problemResponse(refusals.filter((refusal) => refusal.status === status));
  }
}

/** One example for every code. */
function problemResponse(refusals: readonly Refusal[]): object {
  const byCode = new Map(refusals.map((refusal) => [refusal.code, refusal]));
  const examples = Object.fromEntries(
    [...byCode.values()].map((refusal) => [refusal.code, { value: example(refusal) }]),
  );
  return {
    description: [...byCode.values()].map(({ code, title }) => `\`${code}\`: ${title}`).join('; '),
    ...(refusals[0]?.status === 429 && { headers: LIMIT_HEADERS }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples } },
  };
}

function example({ code, status, title, example: members }: Refusal): object {
  const instance = '/api/tasks/3';
  return {
    ...members,
    type: `urn:ctms:problem:${code}`,
    title,
    status,
    detail: title,
    instance,
    code,
    request_id: '7e0a7a1e-3b3f-4c53-9d0a-5f0f6f0b8c11',
  };
}

const seconds = (description: string) => ({ description, schema: { type: 'integer' }, example: 42 });
const LIMIT_HEADERS = {
  'Retry-After': seconds('Seconds to wait'),
  'RateLimit-Limit': { description: 'Requests allowed a minute', schema: { type: 'integer' }, example: 600 },
  'RateLimit-Remaining': { description: 'Of these, how many are left', schema: { type: 'integer' }, example: 0 },
  'RateLimit-Reset': seconds('Seconds until all of them are'),
  'RateLimit-Policy': { description: 'Limit and window in seconds', schema: { type: 'string' }, example: '600;w=60' },
};

const text = { type: 'string' };
const PROBLEM_SCHEMA = {
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
