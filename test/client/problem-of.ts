import { isProblem, type ProblemError } from '../../client/src/index.js';

/** The problem with which a call of the client fails. @throws where it succeeds, or fails otherwise */
export async function problemOf(call: Promise<unknown>): Promise<ProblemError> {
  const outcome = await call.then(
    () => 'no problem',
    (error: unknown) => error,
  );
  if (!isProblem(outcome)) throw new Error(`Expected a problem, got ${String(outcome)}`);
  return outcome;
}
