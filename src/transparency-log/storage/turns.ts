import { setImmediate as nextTurn } from 'node:timers/promises';

/** Time that long computing may take of one turn of the event loop, before other requests have theirs. */
const TURN_MS = 10;
/** Characters that are rendered in one turn: a few milliseconds, with hashing them. */
const PIECE = 65_536;

/** Maps items in as many turns of the event loop as that takes; one item is mapped in one. */
export async function mapInTurns<T, R>(items: readonly T[], map: (item: T) => R): Promise<R[]> {
  const mapped: R[] = [];
  let began = performance.now();
  for (const item of items) {
    if (performance.now() - began >= TURN_MS) {
      await nextTurn();
      began = performance.now();
    }
    mapped.push(map(item));
  }
  return mapped;
}

/** Renders items as text, in pieces of about 64 kB, each in a turn of the event loop. */
export async function* renderInTurns<T>(items: readonly T[], render: (item: T) => string): AsyncGenerator<string> {
  let piece = '';
  for (const item of items) {
    piece += render(item);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
    await nextTurn();
  }
  if (piece !== '') yield piece;
}
