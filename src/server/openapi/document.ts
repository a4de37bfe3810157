import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { type Config } from '../../core/config/config.js';
import { AuthProblem } from '../../auth/auth.problems.js';
import { CAPTCHA_ANSWER } from '../../auth/cookies.js';
import { ownAccount } from '../../core/authorization/can.decorator.js';
import { AREA_TEXT, CONFIRMED_BY_PASSWORD, API_ERRORS } from '../../core/http/api-docs.decorators.js';
import { CoreProblem } from '../../core/http/problem.js';
import { GUESS_REFUSALS } from '../../auth/login-protection/login-protection.problems.js';
import { NotificationKinds } from '../../notifications/notification-kinds.sql.js';
import { NotificationView } from '../../notifications/notifications.dto.js';
import { toOpenApi31 } from './open-api-31.js';
import { documentIdempotency, IDEMPOTENCY_KEY_PARAMETER, REPLAYED_HEADER } from './idempotency-parts.js';
import { completeSchema, type Schema } from './complete-schema.js';
import {
  BODY_REASON,
  CHANGE_REASON,
  HEADERS,
  ID,
  PROBLEM_SCHEMA,
  REASON_ALONE,
  PROBLEM_HEADERS,
} from './components.js';

interface ProblemExample {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly example?: object;
}

interface Parameter {
  readonly name: string;
  readonly in?: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema: Schema;
}

interface Operation {
  description?: string;
  tags?: string[];
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: { $ref?: string } }> };
  security?: object[];
  responses: Record<string, { headers?: object }>;
  [extension: `x-${string}`]: unknown;
}

const COMMON_PROBLEMS = [
  CoreProblem.bad_request,
  CoreProblem.busy,
  CoreProblem.database_failed,
  CoreProblem.database_read_only,
  CoreProblem.outcome_unknown,
  CoreProblem.not_recorded,
  CoreProblem.internal_error,
  CoreProblem.origin_not_allowed,
  CoreProblem.request_timeout,
  CoreProblem.expectation_failed,
  CoreProblem.headers_too_large,
];
const AUTHENTICATION_PROBLEMS = [CoreProblem.unauthenticated, CoreProblem.invalid_token, CoreProblem.role_not_allowed];
/** Problems of a wrong, missing or repeatedly wrong `current_password`. */
const CONFIRMATION_PROBLEMS = [AuthProblem.password_required, AuthProblem.wrong_password, ...GUESS_REFUSALS];
/** Problems of every operation: a request may carry a body even where none is read. */
const BODY_PROBLEMS = [CoreProblem.invalid_json, CoreProblem.payload_too_large, CoreProblem.unsupported_media_type];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const DESCRIPTION =
  'Back end for clinical-trial task management. Sign in with `POST /api/auth/login`: the token is applied here. Its examples have ' +
  'an account of each role.\n\n' +
  'Errors are problems (RFC 9457) with a stable `code`. Lists are arrays; with `limit` they come in pages, the next one in `Link`.\n\n' +
  'Live notifications and changes of tasks come over the WebSocket `/ws/notifications/?ticket=<ticket>`, described by ' +
  '[asyncapi.json](/asyncapi.json) (AsyncAPI 3). A typed client is in `client/` of the repository.';
/** `LicenseRef-` is SPDX for a licence of one's own. */
const LICENSE = { name: 'Proprietary, all rights reserved', identifier: 'LicenseRef-CTMS' };
/** Tags in this order; those of extensions follow. */
const TAGS = {
  auth: 'Sign up, sign in and out, sessions, passwords, second factors',
  users: 'Your own account, and those of others',
  tasks: 'Tasks, their history and their export',
  tags: 'Labels of tasks',
  policy: 'Who may do what, and why',
  notifications: 'What has happened to your tasks; tickets for the WebSocket',
  analytics: 'Figures of your own tasks, of the team and over time',
  audit: 'The audit trail and the request log; evidence bundles and redactions',
  service: 'State of the service; needs no sign-in',
};

/**
 * Builds the OpenAPI document from the decorators, and adds to every operation who may call it and its problems by
 * code.
 */
export function openApiDocument(app: INestApplication, config: Config): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle(config.appName)
    .setDescription(DESCRIPTION)
    .setVersion(config.appVersion)
    .addServer('/', 'This installation')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'access-token')
    .addCookieAuth('refresh_token', { type: 'apiKey', in: 'cookie' }, 'refresh-token');
  Object.entries(TAGS).forEach(([tag, description]) => builder.addTag(tag, description));
  // A copy: the library shares objects between the documents of a process.
  const document = structuredClone(
    SwaggerModule.createDocument(app, builder.build(), {
      operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`,
    }),
  );
  document.info = { ...document.info, license: LICENSE };
  addNotificationKinds(document, app.get(NotificationKinds));
  Object.values(document.components?.schemas ?? {}).forEach((schema) => completeSchema(schema as Schema));
  document.components = {
    ...document.components,
    schemas: {
      ...document.components?.schemas,
      Problem: PROBLEM_SCHEMA,
      ChangeReasonOnly: REASON_ALONE,
    },
    parameters: { ChangeReason: CHANGE_REASON, IdempotencyKey: IDEMPOTENCY_KEY_PARAMETER },
    headers: { ...HEADERS, IdempotencyReplayed: REPLAYED_HEADER },
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (operation) completeOperation(path, method, operation);
      if (operation) describeTags(document, operation);
      if (operation && method !== 'get' && operation['x-who'] !== 'anyone') addReasonToBody(document, operation);
    }
  }
  return toOpenApi31(document);
}

function addNotificationKinds({ components }: OpenAPIObject, { everyType }: NotificationKinds): void {
  const { properties = {} } = components?.schemas?.[NotificationView.name] as Schema;
  Object.assign(properties.notification_type as Schema, { enum: everyType });
}

/** Adds the tags of extensions (`ApiArea`), in the order of their operations. */
function describeTags(document: OpenAPIObject, operation: Operation): void {
  const description = operation[AREA_TEXT] as string | undefined;
  delete operation[AREA_TEXT];
  if (description === undefined) return;
  const missing = (operation.tags ?? []).filter((name) => !document.tags?.some((tag) => tag.name === name));
  document.tags = [...(document.tags ?? []), ...missing.map((name) => ({ name, description }))];
}

function completeOperation(path: string, method: (typeof METHODS)[number], operation: Operation): void {
  const who = operation['x-who'] as string | undefined;
  operation.description = [operation.description, `**Who:** ${who ?? 'no one'}.`].filter(Boolean).join('\n\n');
  parameters(path, operation);
  if (operation[CONFIRMED_BY_PASSWORD]) confirmation(operation);
  if (who === 'anyone') operation.security ??= [];
  if (method !== 'get') operation.parameters.push({ $ref: '#/components/parameters/ChangeReason' });
  headers(operation, who === 'anyone');
  const idempotencyProblems = method === 'get' ? [] : documentIdempotency(operation);
  addProblems(path, method, operation, who, idempotencyProblems);
}

/** Adds the reason to the body of a change, for any class. */
function addReasonToBody(document: OpenAPIObject, operation: Operation): void {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/ChangeReasonOnly' } } };
  operation.requestBody ??= { required: false, content };
  const { $ref = '' } = operation.requestBody.content['application/json']?.schema ?? {};
  const schema = document.components?.schemas?.[$ref.split('/').at(-1) ?? ''] as { properties?: object } | undefined;
  if (schema?.properties) schema.properties = { reason: BODY_REASON, ...schema.properties };
}

/** Adds the path parameters, which our own decorators read and the library does not see. */
function parameters(path: string, operation: Operation): void {
  operation.parameters.forEach((parameter) => 'schema' in parameter && completeSchema(parameter.schema));
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const known = operation.parameters.map((parameter) => 'name' in parameter && parameter.name);
  operation.parameters.unshift(...names.filter((name) => !known.includes(name)).map((name) => ({ name, ...ID })));
}

function confirmation(operation: Operation): void {
  delete operation[CONFIRMED_BY_PASSWORD];
  const { name, description, required } = CAPTCHA_ANSWER;
  operation.parameters.push({ name, in: 'header', description, required, schema: { type: 'string' } });
  operation[API_ERRORS] = [...((operation[API_ERRORS] ?? []) as ProblemExample[]), ...CONFIRMATION_PROBLEMS];
}

function headers(operation: Operation, open: boolean): void {
  const names = Object.keys(HEADERS).filter((name) => !open || name !== 'X-New-Access-Token');
  const common = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  for (const answer of Object.values(operation.responses)) answer.headers = { ...answer.headers, ...common };
}

function addProblems(
  path: string,
  method: string,
  operation: Operation,
  who: string | undefined,
  idempotencyProblems: readonly ProblemExample[],
): void {
  const own = (operation[API_ERRORS] ?? []) as ProblemExample[];
  delete operation[API_ERRORS];
  const open = who === 'anyone';
  const all: ProblemExample[] = [
    ...own,
    ...COMMON_PROBLEMS,
    ...(path.startsWith('/api/') ? [CoreProblem.too_many_requests] : []),
    ...(open ? [] : AUTHENTICATION_PROBLEMS),
    ...(open || operation['x-policy'] === ownAccount.title ? [] : [CoreProblem.second_factor_enrolment_required]),
    ...(who?.includes('within working hours') ? [CoreProblem.outside_working_hours] : []),
    ...BODY_PROBLEMS,
    ...(open || method === 'get' ? [] : [CoreProblem.reason_required]),
    ...idempotencyProblems,
    CoreProblem.validation_error,
    CoreProblem.not_found,
  ];
  const instance = exampleOf(path, operation.parameters);
  for (const status of [...new Set(all.map((problem) => problem.status))].sort()) {
    operation.responses[status] ??= problemResponse(
      status,
      all.filter((problem) => problem.status === status),
      instance,
    );
  }
}

/** Returns the path of an operation with the examples of its parameters. */
function exampleOf(path: string, parameters: Operation['parameters']): string {
  const valueOf = (wanted: string): unknown => {
    for (const parameter of parameters)
      if ('schema' in parameter && parameter.in === 'path' && parameter.name === wanted)
        return parameter.example ?? parameter.schema.example;
    return undefined;
  };
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(valueOf(name) ?? 3));
}

/** Makes a problem response with an example for every code. @param instance path of the examples */
function problemResponse(status: number, addProblems: readonly ProblemExample[], instance: string): object {
  const byCode = new Map(addProblems.map((problem) => [problem.code, problem]));
  const examples = Object.fromEntries(
    [...byCode.values()].map((problem) => [problem.code, { value: example(problem, instance) }]),
  );
  return {
    description: [...byCode.values()].map(({ code, title }) => `\`${code}\`: ${title}`).join('; '),
    ...(PROBLEM_HEADERS[status] && { headers: PROBLEM_HEADERS[status] }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples } },
  };
}

function example({ code, status, title, example: members }: ProblemExample, instance: string): object {
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
