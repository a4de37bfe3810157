import { fits } from '../support/documented.js';
import { schemas, type Operation } from '../support/operations.js';
import { type RawAnswer } from './raw-http.js';

/** Headers of every answer, also of those that the server gives itself. */
const ALWAYS = ['x-request-id', 'x-process-time', 'cache-control'];

/**
 * Parts of an answer that the API's document does not describe.
 *
 * @param operation undefined where the request is none of an operation: then any refusal will do that is a problem
 */
export function undocumented(operation: Operation | undefined, answer: RawAnswer): string[] {
  const { status, headers, text } = answer;
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  const missing = status >= 400 ? ALWAYS.filter((name) => headers[name] === undefined) : [];
  const faults = missing.map((name) => `${status} without ${name}`);
  if (status === 503 && !headers['retry-after']) faults.push('503 without Retry-After');
  if (status === 401 && !headers['www-authenticate']) faults.push('401 without WWW-Authenticate');
  if (status >= 500 && status !== 503) faults.push(`status ${status}`);
  if (!operation) {
    if (status >= 400) faults.push(...problemFaults(type, answer));
    return faults;
  }
  const said = operation.responses[String(status)];
  if (!said) return [...faults, `${status} is not in the document: ${text.slice(0, 200)}`];
  if (status >= 400) return [...faults, ...problemFaults(type, answer)];
  const media = said.content?.[type];
  if (!said.content) return text === '' ? faults : [...faults, `${status} has a body, but none in the document`];
  if (!media) return [...faults, `${status} is ${type || 'of no type'}, which is not in the document`];
  if (type === 'application/json' && media.schema) faults.push(...shapeFaults(media.schema, text));
  return faults;
}

function problemFaults(type: string, { status, text }: RawAnswer): string[] {
  if (type !== 'application/problem+json')
    return [`${status} is ${type || 'of no type'}, not a problem: ${text.slice(0, 200)}`];
  const faults = shapeFaults(schemas.Problem as object, text);
  if (faults.length > 0) return faults;
  const member = (JSON.parse(text) as { status: number }).status;
  return member === status ? [] : [`${status} has the member status ${member}`];
}

function shapeFaults(schema: object, text: string): string[] {
  try {
    const fault = fits(schema, JSON.parse(text));
    return fault ? [`${fault}: ${text.slice(0, 300)}`] : [];
  } catch (error) {
    return [`${(error as Error).message}: ${text.slice(0, 200)}`];
  }
}
