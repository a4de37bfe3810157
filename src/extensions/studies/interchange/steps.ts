import { setImmediate as nextTurn } from 'node:timers/promises';

/** Time after which a turn of the event loop ends. */
const TURN_MS = 10;

/** Work in steps of at most a few milliseconds, between which it may be interrupted; returns its result. */
export type Steps<T> = Generator<undefined, T>;

/** Does work in turns, between which the event loop goes on. */
export async function inTurns<T>(work: Steps<T>): Promise<T> {
  let began = performance.now();
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    if (performance.now() - began < TURN_MS) continue;
    await nextTurn();
    began = performance.now();
  }
}

/** Does all steps of work at once. */
export function atOnce<T>(work: Steps<T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}
