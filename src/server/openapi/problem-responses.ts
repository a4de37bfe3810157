import { HELD_TO_WORKING_HOURS } from '../../core/authorization/access-documentation.js';
import { ownAccount } from '../../core/authorization/can.decorator.js';
import { API_ERRORS } from '../../core/http/api-docs.decorators.js';
import { CoreProblem } from '../../core/http/problem.js';
import { PROBLEM_HEADERS } from './components.js';
import { isPublic, type Operation } from './operation.js';

/** Problem as the document shows it. */
export interface ProblemExample {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly example?: object;
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
/** Problems of every operation: a request may carry a body even where none is read. */
const BODY_PROBLEMS = [CoreProblem.invalid_json, CoreProblem.payload_too_large, CoreProblem.unsupported_media_type];

/** Adds a response for each status that an operation may fail with, with its problems by code. */
export function addProblems(
  path: string,
  method: string,
  operation: Operation,
  idempotencyProblems: readonly ProblemExample[],
): void {
  const own = (operation[API_ERRORS] ?? []) as ProblemExample[];
  delete operation[API_ERRORS];
  const held = operation[HELD_TO_WORKING_HOURS];
  delete operation[HELD_TO_WORKING_HOURS];
  const open = isPublic(operation);
  const all: ProblemExample[] = [
    ...own,
    ...COMMON_PROBLEMS,
    ...(path.startsWith('/api/') ? [CoreProblem.too_many_requests] : []),
    ...(open ? [] : AUTHENTICATION_PROBLEMS),
    ...(open || operation['x-policy'] === ownAccount.title ? [] : [CoreProblem.second_factor_enrolment_required]),
    ...(held ? [CoreProblem.outside_working_hours] : []),
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
function problemResponse(status: number, problems: readonly ProblemExample[], instance: string): object {
  const byCode = new Map(problems.map((problem) => [problem.code, problem]));
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
