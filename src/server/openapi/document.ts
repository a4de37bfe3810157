import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Logger, type INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { type Config } from '../../core/config/config.js';
import { AuthProblem } from '../../auth/auth.problems.js';
import { CAPTCHA_ANSWER } from '../../auth/cookies.js';
import { WHO_EXTENSION } from '../../core/authorization/access-documentation.js';
import { AREA_TEXT, CONFIRMED_BY_PASSWORD, API_ERRORS } from '../../core/http/api-docs.decorators.js';
import { GUESS_REFUSALS } from '../../auth/login-protection/login-protection.problems.js';
import { NotificationKinds } from '../../notifications/notification-kinds.sql.js';
import { NotificationView } from '../../notifications/notifications.dto.js';
import { toOpenApi31 } from './open-api-31.js';
import { addProblems, type ProblemExample } from './problem-responses.js';
import { isPublic, METHODS, type Method, type Operation } from './operation.js';
import { documentIdempotency, IDEMPOTENCY_KEY_PARAMETER, REPLAYED_HEADER } from './idempotency-parts.js';
import { completeSchema, type Schema } from './complete-schema.js';
import { BODY_REASON, CHANGE_REASON, HEADERS, ID, PROBLEM_SCHEMA, REASON_ALONE } from './components.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const logger = new Logger('OpenAPI');
/** Problems of a wrong, missing or repeatedly wrong `current_password`. */
const CONFIRMATION_PROBLEMS = [AuthProblem.password_required, AuthProblem.wrong_password, ...GUESS_REFUSALS];
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
 * code. In pieces: as one it keeps other requests waiting for a quarter of a second.
 */
export async function openApiDocument(app: INestApplication, config: Config): Promise<OpenAPIObject> {
  const builder = new DocumentBuilder()
    .setTitle(config.appName)
    .setDescription(DESCRIPTION)
    .setVersion(config.appVersion)
    .addServer('/', 'This installation')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'access-token')
    .addCookieAuth('refresh_token', { type: 'apiKey', in: 'cookie' }, 'refresh-token');
  Object.entries(TAGS).forEach(([tag, description]) => builder.addTag(tag, description));
  const document = await documentOfModules(app, builder.build());
  document.info = { ...document.info, license: LICENSE };
  addNotificationKinds(document, app.get(NotificationKinds));
  for (const schema of Object.values(document.components?.schemas ?? {})) {
    await nextTurn();
    completeSchema(schema as Schema);
  }
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
    await nextTurn();
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (operation) completeOperation(path, method, operation);
      if (operation) describeTags(document, operation);
      if (operation && method !== 'get' && !isPublic(operation)) addReasonToBody(document, operation);
    }
  }
  return toOpenApi31(document);
}

/** One module after the other, each as a document of its own that is added to those before. */
async function documentOfModules(app: INestApplication, base: Omit<OpenAPIObject, 'paths'>): Promise<OpenAPIObject> {
  const modules = [...app.get(ModulesContainer).values()].filter(({ controllers }) => controllers.size > 0);
  const { openapi, components: common, ...others } = base;
  const schemas: Schemas = {};
  const whole: OpenAPIObject = { openapi, paths: {}, ...others, components: { ...common, schemas } };
  for (const include of new Set(modules.map(({ metatype }) => metatype))) {
    await nextTurn();
    // A copy: the library shares objects between the documents of a process.
    const { paths, components } = structuredClone(
      SwaggerModule.createDocument(app, base, { include: [include], operationIdFactory }),
    );
    for (const [path, item] of Object.entries(paths)) whole.paths[path] = { ...whole.paths[path], ...item };
    addSchemas(schemas, components?.schemas ?? {});
  }
  return whole;
}

function addSchemas(known: Schemas, schemas: Schemas): void {
  for (const [name, schema] of Object.entries(schemas)) {
    if (known[name] && !isDeepStrictEqual(known[name], schema))
      logger.warn(`Two classes with different fields are called ${name}: the document shows one of them`);
    known[name] = schema;
  }
}

const operationIdFactory = (controller: string, method: string): string =>
  `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`;

function addNotificationKinds({ components }: OpenAPIObject, { everyType }: NotificationKinds): void {
  const view = components?.schemas?.[NotificationView.name] as Schema;
  const type = view.properties?.notification_type;
  view.properties = { ...view.properties, notification_type: { ...type, enum: everyType } };
}

/** Adds the tags of extensions (`ApiArea`), in the order of their operations. */
function describeTags(document: OpenAPIObject, operation: Operation): void {
  const description = operation[AREA_TEXT] as string | undefined;
  delete operation[AREA_TEXT];
  if (description === undefined) return;
  const missing = (operation.tags ?? []).filter((name) => !document.tags?.some((tag) => tag.name === name));
  document.tags = [...(document.tags ?? []), ...missing.map((name) => ({ name, description }))];
}

function completeOperation(path: string, method: Method, operation: Operation): void {
  const who = operation[WHO_EXTENSION] as string | undefined;
  operation.description = [operation.description, `**Who:** ${who ?? 'no one'}.`].filter(Boolean).join('\n\n');
  parameters(path, operation);
  if (operation[CONFIRMED_BY_PASSWORD]) confirmation(operation);
  const open = isPublic(operation);
  if (open) operation.security ??= [];
  if (method !== 'get') operation.parameters.push({ $ref: '#/components/parameters/ChangeReason' });
  headers(operation, open);
  const idempotencyProblems = method === 'get' ? [] : documentIdempotency(operation);
  addProblems(path, method, operation, idempotencyProblems);
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
